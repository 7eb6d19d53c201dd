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
      readonly path: string;
      /** Extended, as grep -E: a line that matches is to be in the file. */
      readonly regex?: string | undefined;
    }
  | {
      readonly type: 'port';
      readonly host: string;
      readonly port: number;
      readonly connectTimeoutSeconds: number;
      /** Extended: what answers there is to say a line that matches. */
      readonly regex?: string | undefined;
    }
  | ({ readonly type: 'connections' } & Connections);

/** Connections that somebody has to a port of the host. */
export interface Connections {
  /** Of the host's addresses the one that they are to; the wildcard: any. */
  readonly host: string;
  readonly port: number;
  /** States that count, two hexadecimal digits as the kernel has them. */
  readonly states: readonly string[];
  /** Names or addresses of machines whose connections do not. */
  readonly except: readonly string[];
}

/** Connects, and reads until a line matches, or what there is of one after a second of silence. Prints it. */
const readPort = `exec 3<>"/dev/tcp/$0/$1" || exit 1
line=
while :; do
  IFS= read -r -t 1 part <&3; status=$?
  line=$line$part
  if [[ $line =~ $2 ]]; then printf '%s\\n' "\${line%$'\\r'}"; exit 0; fi
  if [ "$status" -eq 0 ]; then line=; elif [ "$status" -le 128 ]; then exit 1; fi
done`;

/**
 * Addresses as the kernel's tables have them: words of four bytes, the last byte first; those of IPv4 in the tables of IPv6 as
 * those of IPv4. Answers 0 when a line of a table is a connection that counts.
 */
const countConnections = `
function hex(text,  n, i) { n = 0; for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1; return n }
function kernel(address,  part, n, i, groups, at, all, out, word) {
  if (address ~ /^[0-9.]+$/) { split(address, part, "."); return sprintf("%02X%02X%02X%02X", part[4], part[3], part[2], part[1]) }
  sub(/%.*/, "", address)
  n = split(address, part, ":")
  all = ""
  for (i = 1; i <= n; i++) {
    if (part[i] != "") all = all sprintf("%04X", hex(part[i]))
    else if (i > 1 && i < n) { all = all "-" }
  }
  if (address ~ /^::/ && all !~ /-/) all = "-" all
  if (address ~ /::$/ && all !~ /-/) all = all "-"
  groups = ""
  while (length(all) - 1 + length(groups) < 32) groups = groups "0"
  sub(/-/, groups, all)
  out = ""
  for (i = 1; i <= 32; i += 8) { word = substr(all, i, 8); out = out substr(word, 7, 2) substr(word, 5, 2) substr(word, 3, 2) substr(word, 1, 2) }
  return short(out)
}
function short(address) { return address ~ /^0000000000000000FFFF0000/ ? substr(address, 25) : address }
$1 == "to" { if ($2 == "0.0.0.0" || $2 == "::") any = 1; else to[kernel($2)] = 1; next }
$1 == "except" { except[kernel($2)] = 1; next }
{
  split($2, local, ":"); split($3, remote, ":")
  if (local[2] != port || index(states, $4) == 0) next
  if (!any && !(short(local[1]) in to)) next
  if (!(short(remote[1]) in except)) found = 1
}
END { exit !found }`;

const lookForConnections = ({ host, port, states, except }: Connections): Sh => {
  const name = port.toString(16).toUpperCase().padStart(4, '0');
  const addresses = (word: string, hosts: readonly string[]): Sh[] =>
    hosts.map(
      (one) => sh`getent ahosts ${one} | while read -r address rest; do echo ${word} "$address"; done`,
    );
  const lines = [
    ...addresses('to', [host]),
    ...addresses('except', except),
    sh`cat /proc/net/tcp /proc/net/tcp6 2>/dev/null`,
  ];
  return sh`{ ${joinSh(lines)}
} | awk -v port=${name} -v states=${states.join(' ')} ${countConnections}`;
};

/**
 * A command that answers 0 when it is there; of what a regular expression is for it prints the line that matches.
 *
 * NOTE: nothing in POSIX connects to a port; bash does, and is essential on Debian.
 */
export const lookFor = (expected: Expected): Sh => {
  if (expected.type === 'connections') return lookForConnections(expected);
  if (expected.type === 'port') {
    const { host, port, connectTimeoutSeconds: seconds, regex } = expected;
    return regex === undefined
      ? sh`timeout ${seconds} bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${host} ${port} 2>/dev/null`
      : sh`timeout ${seconds} bash -c ${readPort} ${host} ${port} ${regex} 2>/dev/null`;
  }
  const { path, regex } = expected;
  return regex === undefined
    ? sh`[ -e ${path} -o -L ${path} ]`
    : sh`grep -E -m 1 -e ${regex} -- ${path} 2>/dev/null`;
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
  if (expected.type === 'connections') return { predicts: [], taints: [] };
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
