import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { largestContentBytes } from './contents.ts';

/** A file of a folder, links followed. */
export interface Piece {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The fact "which files are in this folder, and what they hold"; nothing of folders in it. */
export const pieces = (folder: string): FactKey<readonly Piece[]> => ({ kind: 'pieces', id: folder });

/**
 * Output, a line each: `<index> folder`, `<index> other` for what is none, `<index> large <name>`, `<index> = <name> <content>`; names and
 * contents in base64, an empty content as `-`.
 */
const script = (keys: readonly FactKey<readonly Piece[]>[]): Sh =>
  joinSh([
    sh`look() {
  if ! [ -d "$2" ]; then if [ -e "$2" ]; then echo "$1 other"; fi; return; fi
  echo "$1 folder"
  for f in "$2"/* "$2"/.[!.]* "$2"/..?*; do
    if ! [ -f "$f" ]; then continue; fi
    n=$(printf %s "\${f##*/}" | base64 -w 0)
    if [ "$(stat -L -c %s -- "$f")" -gt ${largestContentBytes} ]; then echo "$1 large $n"
    elif [ -s "$f" ]; then printf '%s = %s ' "$1" "$n"; base64 -w 0 <"$f"; echo
    else echo "$1 = $n -"; fi
  done
}`,
    ...keys.map(({ id }, index) => sh`look ${index} ${id}`),
  ]);

const textOf = (base64: string): string => new TextDecoder().decode(bytesOfBase64(base64));

const parse = (
  output: string,
  keys: readonly FactKey<readonly Piece[]>[],
): ReadonlyMap<string, Observed<readonly Piece[]>> => {
  const values = new Map<string, Observed<readonly Piece[]>>(keys.map(({ id }) => [id, 'absent']));
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const match =
      /^(\d+) (?:(folder)|(other)|large ([A-Za-z0-9+/=]+)|= ([A-Za-z0-9+/=]+) ([A-Za-z0-9+/=]+|-))$/.exec(
        line,
      );
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(`unexpected line among the pieces: ${JSON.stringify(line.slice(0, 200))}`);
    const [, , isFolder, isOther, large, name = '', base64 = ''] = match;
    const before = values.get(key.id);
    if (isFolder !== undefined) values.set(key.id, []);
    else if (isOther !== undefined) values.set(key.id, new FactFailure(`${key.id} is not a directory`));
    else if (large !== undefined)
      values.set(key.id, new FactFailure(`${key.id}/${textOf(large)} is too large to be read`));
    else if (Array.isArray(before)) {
      const bytes = base64 === '-' ? new Uint8Array() : bytesOfBase64(base64);
      values.set(key.id, [...before, { name: textOf(name), bytes }]);
    }
  }
  return values;
};

/** Three small processes a file. */
export const pieceFolders: FactKind<readonly Piece[]> = { kind: 'pieces', script, parse };
