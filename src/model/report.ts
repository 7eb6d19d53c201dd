import type { Change } from './action.ts';

/** Names and values as `--output json` prints them; design contract, version 1. */
export type TaskStatus = 'ok' | 'changed' | 'drift' | 'failed' | 'skipped' | 'not-attempted';
export type HostStatus = 'ok' | 'changed' | 'drift' | 'failed' | 'unreachable';

/** Since when a task has not been as wanted, by the runs that `--history` has kept. */
export interface Since {
  /** When the first of the checks that saw it began: ISO 8601, UTC. */
  readonly at: string;
  /** Runs in a row that saw it, this one included; those that did not look at the task are not counted. */
  readonly checks: number;
}

export interface TaskReport {
  readonly name: string;
  readonly module: string;
  /** Label of the loop's item. */
  readonly item: string | null;
  /** `file:line:column`. */
  readonly source: string;
  readonly status: TaskStatus;
  /** The machine that it acted on, where that is not the host. Only there then. */
  readonly delegatedTo?: string;
  /** It failed in a block whose `rescue` made that good: the host has not failed by it. Only there where it is true. */
  readonly rescued?: true;
  /** Whose drift: changed on the host, wanted differently by the playbook since the last apply, or both. */
  readonly cause: 'host' | 'wanted' | 'both' | null;
  /** Run because an earlier, broken run owed it. */
  readonly owed: boolean;
  /** In check mode: the task, and its place, after which this one is decided (`not-attempted`), or decided again. */
  readonly because: string | null;
  readonly message: string | null;
  readonly changes: readonly Change[];
  /** Only of a task of the command line: what `register` would keep of it. A text in its place says that it is hidden. */
  readonly result?: Readonly<Record<string, unknown>> | string | undefined;
  /** Only with `--history`, and of a task that drifts or fails. */
  readonly since?: Since | undefined;
}

export interface HostReport {
  readonly name: string;
  readonly status: HostStatus;
  /** Observed again after the last wave, and nothing was left to do. */
  readonly proved: boolean;
  readonly waves: number;
  /** Scripts run on the host. */
  readonly execs: number;
  readonly durationMs: number;
  readonly error: string | null;
  readonly tasks: readonly TaskReport[];
  /** Managed by an earlier run of these playbooks, declared no more: `file:/etc/x`. */
  readonly orphans: readonly string[];
  /** Those of them that `prune: true` takes away; the others stay, and the next apply that is proved forgets them. */
  readonly prunable: readonly string[];
}

export interface RunReport {
  readonly version: 1;
  readonly mode: 'apply' | 'check';
  readonly startedAt: string;
  readonly durationMs: number;
  readonly hosts: readonly HostReport[];
  readonly summary: Readonly<Record<HostStatus, number>>;
}
