import type { FactEffect, FactRevision, Taint } from './fact.ts';
import type { Sh } from './sh.ts';

/** What a reader is shown of a change. `before`/`after` are whole texts; reporters make the diff. */
export interface Change {
  /** One line in the imperative's result form: `mode 0644 -> 0640`, `start nginx.service`. */
  readonly summary: string;
  readonly diff?:
    | {
        readonly path: string;
        /** null: not there. */
        readonly before: string | null;
        readonly after: string | null;
      }
    | undefined;
}

/** What this machine does in place of sh on the host, with nothing else going on there. */
export type HereStep =
  /** Lets time pass. */
  | { readonly type: 'wait'; readonly seconds: number }
  /** Asks whoever started the run, once for all hosts; the answer is the outcome's standard output. */
  | { readonly type: 'ask'; readonly question: string; readonly hidden: boolean }
  /** Brings a file of the host here. */
  | {
      readonly type: 'fetch';
      readonly path: string;
      /** Of this machine. */
      readonly to: string;
      /** What it must hold, hex; undefined: whatever it holds. */
      readonly sha256: string | undefined;
    }
  /** Logs in anew, until that works. */
  | {
      readonly type: 'reconnect';
      readonly delaySeconds: number;
      readonly sleepSeconds: number;
      readonly timeoutSeconds: number;
    }
  /** Restarts the host, and waits until it is there again. */
  | {
      readonly type: 'reboot';
      readonly command: Sh;
      /** Says something else after each start of the host. */
      readonly bootId: Sh;
      /** Succeeds once the host is ready. */
      readonly test: Sh;
      readonly afterSeconds: number;
      readonly timeoutSeconds: number;
    };

/** One change to a host: a plain value that renders to sh and predicts the facts after it. */
export interface Action {
  /** The file in `actions/` that made it: `write-file`. */
  readonly kind: string;
  /** What is going on while it runs, for progress: `install redis-server, nginx-light`. */
  readonly summary: string;
  /** What changes; several for one action where one sh does several things. Empty for a mere wait. */
  readonly changes: readonly Change[];
  /**
   * POSIX sh, run in a subshell of its own under `set -e`, with standard input from /dev/null. A status other than 0
   * fails the task. What it prints is shown live.
   */
  readonly sh: Sh;
  /** Facts known after it. */
  readonly predicts: readonly FactEffect[];
  /** Facts that it changes in passing. */
  readonly revises?: readonly FactRevision[] | undefined;
  /** Facts that may be anything after it. Applied before `predicts`. */
  readonly taints?: readonly Taint[] | undefined;
  /** The next observation will ask for it again, whatever it did: an unguarded command, `state: restarted`. */
  readonly unprovable?: boolean | undefined;
  /** It changes nothing and only waits for something to become true (wait_for). Not drift by itself. */
  readonly verification?: boolean | undefined;
  /** It makes something for the time of a run; this key of the result says where. What is done there is not looked at to prove anything. */
  readonly temporary?: 'path' | 'results_file' | undefined;
  /** Keep what it prints for `TaskPlan.finish`. */
  readonly capture?: boolean | undefined;
  /** Done in place of `sh`, which is not run. The only action of its task. */
  readonly here?: HereStep | undefined;
  /** Milliseconds after which it is ended; undefined: the engine's default. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds that its `sh` sleeps first, which are not counted. */
  readonly pauseMs?: number | undefined;
}

/** How one action ended on a host. */
export interface ActionOutcome {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly startedAt: Date;
  readonly durationMs: number;
}
