import type { Claim } from '../model/module.ts';
import type { Handler, Play } from '../model/play.ts';
import type { Debts } from './debts.ts';
import type { GuestPass } from './guests.ts';
import type { OnceTask } from './host-results.ts';
import type { Dynamic, HostVariables } from './host-variables.ts';
import type { Accounts } from './identity.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import type { PlannedTask, Settled } from './planned.ts';
import type { Position } from './position.ts';
import type { Orphans } from './prune.ts';
import type { RunOptions } from './run-options.ts';
import type { Selection } from './selection.ts';
import type { Step } from './sequence.ts';
import type { Once } from './told.ts';

/** What a host has behind it: kept from wave to wave. */
export interface Progress {
  steps: Step[];
  /** By instance id. */
  readonly settled: ReadonlyMap<string, Settled>;
  /** Names of handlers whose notifications are known to be real, by play; from settled tasks. */
  readonly notified: ReadonlyMap<Play, ReadonlySet<Handler>>;
  /** Steps that are behind: flushes that have run, plays that have begun. */
  readonly passedSteps: ReadonlySet<Step>;
  readonly debts: Debts;
  /** Whether a task that failed is to be tried again. */
  hasTriesLeft(planned: PlannedTask): boolean;
  /** What tasks have set in earlier batches. */
  readonly setBefore: Dynamic;
}

/** Looks after what a manifest holds and nobody declares any more. */
export type PlanPrune = (play: Play, claims: readonly Claim[]) => Orphans;

export interface PassOptions {
  readonly variables: HostVariables;
  readonly environment: PlanEnvironment;
  readonly selection: Selection;
  /** `apply` stops where it has to look again; `check` goes to the end; `collect` only asks which facts are wanted. */
  readonly mode: 'apply' | 'check' | 'collect' | 'prove';
  readonly planPrune: PlanPrune;
  readonly guests: GuestPass;
  /** See `HostResults.readOnce`; secrets in it are known to be hidden. */
  readOnce(play: Play, task: OnceTask, at: Position): Once | undefined;
  /**
   * Set while nothing has been seen of the host: then what a task comes to hangs on its variables, and on what this text
   * stands for, and is shared by all hosts in which those are the same.
   */
  readonly unseen?: string | undefined;
}

/** See `PassOptions.unseen`. */
export const unseenOf = (accounts: Accounts, mode: RunOptions['mode']): string =>
  JSON.stringify([mode, accounts.login, accounts.exec, accounts.become]);
