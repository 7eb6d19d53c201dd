import { file } from '../facts/files.ts';
import { tcpSocket } from '../facts/sockets.ts';
import type { Action } from '../model/action.ts';
import type { FactEffect, Taint } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** What a wait is for. */
export type Expected =
  | {
      readonly type: 'path';
      readonly path: string /** Extended, as grep -E. */;
      readonly regex?: string | undefined;
    }
  | {
      readonly type: 'port';
      readonly host: string;
      readonly port: number;
      readonly connectTimeoutSeconds: number;
    };

/**
 * A command that answers 0 when it is there.
 *
 * NOTE: nothing in POSIX connects to a port; bash does, and is essential on Debian.
 */
export const lookFor = (expected: Expected): Sh => {
  if (expected.type === 'port') {
    const { host, port, connectTimeoutSeconds } = expected;
    return sh`timeout ${connectTimeoutSeconds} bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${host} ${port} 2>/dev/null`;
  }
  const { path, regex } = expected;
  return regex === undefined
    ? sh`[ -e ${path} -o -L ${path} ]`
    : sh`grep -E -q -e ${regex} -- ${path} 2>/dev/null`;
};

interface Wait {
  readonly expected: Expected;
  /** True: until it is there; false: until it is gone. */
  readonly isWanted: boolean;
  /** What is waited for, in words. */
  readonly noun: string;
  /** Said on standard error when time is up. */
  readonly failure: string;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
  readonly sleepSeconds: number;
}

const effects = ({ expected, isWanted }: Wait): Pick<Action, 'predicts' | 'taints'> => {
  if (expected.type === 'path') {
    const taints: Taint[] = ['file', 'content'].map((kind) => ({ kind, under: expected.path }));
    const isGone = !isWanted && expected.regex === undefined;
    return { taints, predicts: isGone ? [{ key: file(expected.path), value: 'absent' }] : [] };
  }
  const value: FactEffect['value'] = isWanted ? { addresses: [expected.host] } : 'absent';
  return {
    predicts: [{ key: tcpSocket(expected.port, expected.host), value }],
    taints: [{ kind: 'socket' }],
  };
};

/** More than the wait itself may take: one slow look and a slow machine. Milliseconds. */
const slackMs = 60_000;

/** Waits until something is there or gone; fails when that takes too long. It changes nothing. */
export const waitUntil = (wait: Wait): Action => {
  const { isWanted, noun, failure, timeoutSeconds, delaySeconds, sleepSeconds } = wait;
  return {
    kind: 'wait-until',
    summary: isWanted ? `wait for ${noun}` : `wait until ${noun} is gone`,
    changes: [],
    sh: joinSh([
      ...(delaySeconds > 0 ? [sh`sleep ${delaySeconds}`] : []),
      sh`end=$(( $(date +%s) + ${timeoutSeconds} ))
while :; do
  found=no
  if ${lookFor(wait.expected)}; then found=yes; fi
  if [ "$found" = ${isWanted ? 'yes' : 'no'} ]; then break; fi
  if [ "$(date +%s)" -ge "$end" ]; then
    printf '%s\n' ${failure} >&2
    exit 1
  fi
  sleep ${sleepSeconds}
done`,
    ]),
    ...effects(wait),
    verification: true,
    timeoutMs: (delaySeconds + timeoutSeconds) * 1000 + slackMs,
  };
};
