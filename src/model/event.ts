import type { HostReport, RunReport, TaskReport } from './report.ts';

/** A task on a host, as events name it. */
export interface TaskRef {
  /** Unique on a host within the run. */
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly item: string | null;
  /** `file:line:column`. */
  readonly source: string;
  readonly handler: boolean;
}

/** Everything a run has to say, in the past tense and in order for each host. Secrets are masked before. */
export type RunEvent =
  /** The hosts are known; nothing has been contacted yet. */
  | {
      readonly type: 'run-started';
      readonly mode: 'apply' | 'check';
      readonly hosts: readonly string[];
      readonly at: Date;
    }
  /** Connecting to the host begins. */
  | { readonly type: 'host-started'; readonly host: string }
  /** Logged in. */
  | { readonly type: 'host-connected'; readonly host: string; readonly durationMs: number }
  /** A stage began: looking, planning, acting, or proving. `wave` counts from 0 (the first look). */
  | {
      readonly type: 'stage-started';
      readonly host: string;
      readonly stage: 'observe' | 'act' | 'prove' | 'wait';
      readonly wave: number;
      /** What it is about: number of facts or actions, or what is waited for. */
      readonly detail: string;
    }
  /** An action of the task began on the host. */
  | {
      readonly type: 'action-started';
      readonly host: string;
      readonly task: TaskRef;
      readonly summary: string;
    }
  /** The running action printed something. */
  | {
      readonly type: 'action-printed';
      readonly host: string;
      readonly task: TaskRef;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  /** The action ended. */
  | {
      readonly type: 'action-finished';
      readonly host: string;
      readonly task: TaskRef;
      readonly exitStatus: number;
      readonly durationMs: number;
    }
  /** The task's outcome is settled. */
  | {
      readonly type: 'task-finished';
      readonly host: string;
      readonly task: TaskRef;
      readonly report: TaskReport;
    }
  /** Something the user should know that is no failure. */
  | { readonly type: 'warned'; readonly host: string | null; readonly message: string }
  | { readonly type: 'host-finished'; readonly host: string; readonly report: HostReport }
  | { readonly type: 'run-finished'; readonly report: RunReport };

/** Takes events as they come. */
export type Emit = (event: RunEvent) => void;

/** A view on a run. */
export interface Reporter {
  readonly emit: Emit;
  /** Keeps off the terminal while somebody is asked there. @returns what lets it go on */
  hush?(): () => void;
  /** Resolves when everything is written. */
  finish(): Promise<void>;
}
