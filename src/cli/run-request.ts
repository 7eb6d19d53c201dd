import type { Selection } from '../engine/selection.ts';
import type { Flags } from './dispatch.ts';
import { namesFlag, numberFlag, textFlag } from './flags.ts';

/** Options of commands that contact hosts. */
export interface RunRequest {
  /** Its path as it was named, for hints. */
  readonly inventory: string;
  readonly selection: Selection;
  readonly forks: number;
  readonly timeoutMs: number;
  readonly user: string | undefined;
  readonly privateKey: string | undefined;
  readonly become: boolean;
  readonly acceptNewHostKeys: boolean;
  /** `--timeout`; undefined: as ssh's configuration says, or the default. */
  readonly connectTimeoutMs: number | undefined;
  /** `--ssh-config` */
  readonly sshConfigFile: string | undefined;
  readonly lockTimeoutMs: number;
  readonly reconnectMs: number;
  readonly verbosity: number;
}

const countVerbose = (flag: unknown): number => (Array.isArray(flag) ? flag.length : flag === true ? 1 : 0);

export const selectionOf = (flags: Flags): Selection => ({
  tags: namesFlag(flags, 'tags'),
  skipTags: namesFlag(flags, 'skipTags'),
  startsLater: textFlag(flags, 'startAtTask') !== undefined,
});

/** `--timeout` in milliseconds. @throws UsageError */
export const connectTimeoutOf = (flags: Flags): number | undefined =>
  flags['timeout'] === undefined ? undefined : numberFlag(flags, 'timeout', '--timeout', 1) * 1000;

/** @throws UsageError */
export const readRunRequest = (inventory: string, flags: Flags): RunRequest => ({
  inventory,
  selection: selectionOf(flags),
  forks: numberFlag(flags, 'forks', '--forks', 1),
  timeoutMs: numberFlag(flags, 'taskTimeout', '--task-timeout', 1) * 1000,
  user: textFlag(flags, 'user'),
  privateKey: textFlag(flags, 'privateKey'),
  become: flags['become'] === true,
  acceptNewHostKeys: flags['acceptNewHostKeys'] === true,
  connectTimeoutMs: connectTimeoutOf(flags),
  sshConfigFile: textFlag(flags, 'sshConfig'),
  lockTimeoutMs: numberFlag(flags, 'lockTimeout', '--lock-timeout', 0) * 1000,
  reconnectMs: numberFlag(flags, 'reconnectTimeout', '--reconnect-timeout', 0) * 1000,
  verbosity: countVerbose(flags['verbose']),
});
