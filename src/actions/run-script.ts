import { posix } from 'node:path';
import type { Action } from '../model/action.ts';
import type { FactEffect } from '../model/fact.ts';
import { expandedWord } from '../shell/expanded-word.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { base64 } from '../util/base64.ts';

/** A script of the project, to be run on the host. */
export interface ScriptRun {
  /** As people know it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly args: readonly string[];
  /** undefined: what its first line says. */
  readonly executable: string | undefined;
  readonly chdir: string | undefined;
}

/** Bytes in one printf. Divisible by 3, so that the pieces of base64 need no padding. */
const pieceLength = 384 * 1024;

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}

/**
 * Puts the script into a folder of its own that only the account can look into, runs it, and takes it away. It may do anything, so
 * nothing is certain after it.
 *
 * NOTE: a file and not standard input, which is the script's own to read, and which only some interpreters take programs from.
 */
export const runScript = (
  { name, bytes, args, executable, chdir }: ScriptRun,
  shown: string,
  { predicts, isGuarded }: { readonly predicts: readonly FactEffect[]; readonly isGuarded: boolean },
): Action => ({
  kind: 'run-script',
  summary: `run ${shown}`,
  changes: [{ summary: `run ${shown}` }],
  sh: joinSh([
    sh`d=$(mktemp -d "\${TMPDIR:-/tmp}/syn-script.XXXXXX")
trap 'rm -rf -- "$d"' EXIT
trap 'exit 1' HUP INT TERM
f=$d/${posix.basename(name)}
: >"$f"`,
    ...[...pieces(bytes)].map((piece) => sh`printf %s ${base64(piece)} | base64 -d >>"$f"`),
    sh`chmod 0700 -- "$f"`,
    ...(chdir === undefined ? [] : [sh`cd -- ${expandedWord(chdir)}`]),
    sh`${executable === undefined ? rawSh('"$f"') : sh`${executable} "$f"`} ${args} </dev/null`,
  ]),
  taints: ['everything'],
  predicts,
  unprovable: !isGuarded,
  capture: true,
});
