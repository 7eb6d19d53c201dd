import type { Action, ActionOutcome } from '../model/action.ts';

/** Who acted. */
export interface Actor {
  readonly account: string;
  /** It is the account that was logged in as: nothing was said of become. */
  readonly isLogin: boolean;
}

/** What programs say in the C locale where something is wrong that has a plain name. */
interface KnownCause {
  readonly said: RegExp;
  /** undefined: it means something else here. */
  readonly meaning: (found: RegExpExecArray, actor: Actor | undefined) => string | undefined;
}

const mayNot = (_: RegExpExecArray, actor: Actor | undefined): string | undefined => {
  if (actor === undefined || actor.account === 'root') return undefined;
  return `${actor.account} may not do that${actor.isLogin ? ', and the task has no become' : ''}`;
};

const fullDisk: KnownCause = {
  said: /No space left on device|Disk quota exceeded/,
  meaning: () => 'the disk is full',
};

/** Of apt: scripts of packages may say anything. */
const aptCauses: readonly KnownCause[] = [
  {
    said: /^E: (?:Unable to locate package (\S+)|Package '(\S+)' has no installation candidate)$/m,
    meaning: ([, unknown, virtual]) =>
      `there is no package "${unknown ?? virtual}" in the package lists of the host`,
  },
  { said: /^E: .*are you root\?$/m, meaning: mayNot },
  fullDisk,
];

/** The first one that fits is told. */
const knownCauses: readonly KnownCause[] = [
  { said: /validate refused it: (.+)$/m, meaning: ([, command]) => `refused by validate: ${command}` },
  fullDisk,
  // What dash says of any write that failed: it keeps the reason to itself.
  {
    said: /printf: I\/O error$/m,
    meaning: () => 'it could not be written to its end: most likely the disk is full',
  },
  { said: /(?<=^\S+: .*): Read-only file system$/m, meaning: () => 'the file system is read-only' },
  {
    said: /^ch(?:own|grp): invalid (user|group): ['\u2018](.+)['\u2019]$/m,
    meaning: ([, what, name]) => `there is no ${what} "${name}" on the host`,
  },
  {
    said: /^mv: cannot move .*: Device or resource busy$/m,
    meaning: () => 'a mount of its own lies there, as on /etc/hosts in a container, and cannot be replaced',
  },
  {
    said: /Permission denied|Operation not permitted|Access denied|Interactive authentication required/,
    meaning: mayNot,
  },
];

/**
 * How a unit's program ended, as `systemctl status` tells.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Exit%20Codes
 */
const unitCauses: readonly KnownCause[] = [
  {
    said: /code=exited, status=217\/USER/,
    meaning: () => 'the account of its User= does not exist (217/USER)',
  },
  {
    said: /code=exited, status=203\/EXEC/,
    meaning: () => 'the program of its ExecStart= cannot be run (203/EXEC)',
  },
  {
    said: /code=exited, status=200\/CHDIR/,
    meaning: () => 'the folder of its WorkingDirectory= cannot be entered (200/CHDIR)',
  },
  {
    said: /code=exited, status=([1-9]\d*)/,
    meaning: ([, status]) => `its program ended with exit status ${status}`,
  },
  { said: /code=(?:killed|dumped), signal=(\w+)/, meaning: ([, signal]) => `its program ended by ${signal}` },
  { said: /^Failed to .*: (?:Access denied|Interactive authentication required)/m, meaning: mayNot },
];

const ofUnits = /^(?:start|restart|reload)-units$/;

/** Of what others' programs say only they know what it means: commands of a task, servers, git, a unit's journal. */
const ofOthers =
  /^(?:run-(?:command|script|mysql|sql)|start-job|git-.*|pip-install|make-request|download-file)$/;

const causesOf = ({ kind }: Action): readonly KnownCause[] => {
  if (ofUnits.test(kind)) return unitCauses;
  if (kind.startsWith('apt-')) return aptCauses;
  return ofOthers.test(kind) ? [] : knownCauses;
};

export interface FailureCause {
  readonly cause: string;
  /** A line of its standard error says the cause and no more. */
  readonly isWhole: boolean;
  /** Its standard error without such a line. */
  readonly rest: string;
}

/** Why an action failed, where what it printed says so in words that are known. */
export const knownCause = (
  action: Action,
  { stderr }: ActionOutcome,
  actor: Actor | undefined,
): FailureCause | undefined => {
  for (const { said, meaning } of causesOf(action)) {
    const found = said.exec(stderr);
    const cause = found === null ? undefined : meaning(found, actor);
    if (found === null || cause === undefined) continue;
    const lines = stderr.split('\n');
    const others = lines.filter((line) => line !== found[0]);
    return { cause, rest: others.join('\n'), isWhole: others.length < lines.length };
  }
  return undefined;
};
