import type { ManifestEntry } from '../facts/memory.ts';
import type { FactKey } from '../model/fact.ts';
import type { Claim } from '../model/module.ts';
import type { Play, Task } from '../model/play.ts';
import type { PlannedTask } from './planned.ts';
import type { Position } from './position.ts';
import type { Step } from './sequence.ts';
import type { SetValue, Told } from './told.ts';

/** Why a pass did not go to the end. */
export type Stop =
  | { readonly reason: 'blocked'; readonly because: string }
  | { readonly reason: 'not-observed'; readonly keys: readonly FactKey[] }
  /** The next decision hangs on how this task ends. */
  | { readonly reason: 'barrier' }
  | {
      readonly reason: 'failed';
      readonly planned: PlannedTask;
      /** It failed before, and what its blocks had still to do has been done. */
      readonly isOver?: boolean;
    }
  /** The play begins when the other hosts have come to the end of those before it. */
  | { readonly reason: 'play-start'; readonly step: Step };

/** One thing that is behind once everything before it, and it, has been done. */
export type LogEntry =
  | { readonly type: 'task'; readonly planned: PlannedTask }
  | { readonly type: 'step'; readonly step: Step }
  /** The host goes no further than this step: in its play, or at all. */
  | { readonly type: 'end'; readonly step: Step; readonly of: 'play' | 'host' };

export interface PassResult {
  /** Decisions of this pass and the steps they complete, in order; no decisions for instances settled before. */
  readonly log: readonly LogEntry[];
  readonly stop: Stop | undefined;
  /** All claims on the way, settled ones too. */
  readonly claims: readonly { readonly play: Play; readonly claim: Claim; readonly task: Task }[];
  /** Some task's claims cannot be told yet. */
  readonly hasGaps: boolean;
  /** What is there and declared no more, by playbook; empty while that cannot be told. */
  readonly orphans: ReadonlyMap<string, readonly ManifestEntry[]>;
  /** While only collecting: tasks that are wrong whatever the host says. */
  readonly failures: readonly PlannedTask[];
  /** Everything that some decision waited for. */
  readonly waits: ReadonlySet<string>;
  /** Those of them that keep facts from being asked for. */
  readonly asksLater: ReadonlySet<string>;
  /** Variables that tasks have set, settled ones too, up to where it stopped. */
  readonly values: readonly SetValue[];
  /** What tasks that run once have come to here, by task id. */
  readonly once: Told['once'];
  /** Where it stopped, or where the first decision hangs on what other hosts have still to tell. */
  readonly reached: Position;
  readonly unopened: Told['unopened'];
}
