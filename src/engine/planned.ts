import type { Action } from '../model/action.ts';
import type { TaskRef } from '../model/event.ts';
import type { FactKey, Identity } from '../model/fact.ts';
import type { Claim, TaskPlan } from '../model/module.ts';
import type { Handler, Play, Within } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { Instance } from './instance.ts';
import type { Registered } from './results.ts';

/** A handler of a play, as a notification means it. */
export interface Notified {
  readonly play: Play;
  readonly handler: Handler;
}

/** Another machine that a task acts on. */
export interface Delegated {
  /** Of the machine and the account there. */
  readonly key: string;
  /** As the task names it. */
  readonly name: string;
}

/**
 * What planning decided for one instance:
 * - `ok` as wanted; `skipped` its `when` is false; `act` something is to be done
 * - `deferred` cannot be decided before `because` has happened
 * - `failed` it cannot be done, or a verification is not true
 */
export interface PlannedTask {
  readonly ref: TaskRef;
  /** Undefined for pruning, which no task stands for. */
  readonly instance: Instance | undefined;
  readonly outcome: 'ok' | 'skipped' | 'act' | 'deferred' | 'failed';
  readonly plan: TaskPlan;
  readonly identity: Identity;
  /** The task that this decision waits for, or may be changed by. */
  readonly because: string | undefined;
  readonly error: Error | undefined;
  /** It has failed, and its `until` holds, or its templates cannot be rendered: it is not tried again. */
  readonly isOver?: boolean | undefined;
  /** Of a verification that is decided later: what is wrong by the look that there was. */
  readonly asItIs: string | undefined;
  /** Handlers to run when it has changed something. */
  readonly notifies: readonly Notified[];
  /** Handler run for a debt of an earlier run. */
  readonly owed: boolean;
  /** Debts that its success settles. */
  readonly settles: readonly string[];
  readonly claims: readonly Claim[];
  readonly keys: readonly FactKey[];
  /** While it is deferred: it may want to know more than could be asked for so far. */
  readonly asksLater: boolean;
  /** Predicted, or known, result. */
  readonly registered: Registered;
  readonly secret: boolean;
  readonly ignoreErrors: boolean;
  /** Where it acts; undefined: on its host. */
  readonly delegated: Delegated | undefined;
  /** Those of the project that it was decided by. */
  readonly files?: ProjectFiles | undefined;
  /** Blocks around it. */
  readonly within: readonly Within[] | undefined;
}

/** What is known of an instance that is over. */
export interface Settled {
  readonly planned: PlannedTask;
  readonly registered: Registered;
  readonly changed: boolean;
  /** Why it failed, though the host went on: ignored, or caught by a block. undefined: it did not. */
  readonly failure: string | undefined;
  /** Why what it was to do was not done, which its `failed_when` says is no failure. */
  readonly overruled?: string | undefined;
}

/** An instance whose outcome the next look would not confirm, since it does something every time. */
export const isUnprovable = ({ plan }: PlannedTask): boolean =>
  plan.actions.some((action: Action) => action.unprovable === true);

/** What this machine did in its turn, and changes nothing: a pause, an answer. It is not done again to prove anything. */
export const isWaitHere = ({ plan }: PlannedTask): boolean =>
  plan.actions.some(({ here, verification }) => here !== undefined && verification === true);

/** What is done between two scripts, with nothing else going on on the host. */
export const isDoneBetween = ({ plan }: PlannedTask): boolean =>
  plan.actions.some(({ here }) => here !== undefined);
