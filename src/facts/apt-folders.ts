import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';

/** A file of apt's configuration with what it holds. */
export interface AptFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Files of one sort, by path, sorted as the shell sorts them. */
export type AptFolderFact = readonly AptFile[];

const patterns = {
  lists: '/etc/apt/sources.list /etc/apt/sources.list.d/*.list',
  keyrings: '/etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc',
} as const;

const folder = (id: keyof typeof patterns): FactKey<AptFolderFact> => ({ kind: 'apt-folder', id });

/** The fact "what /etc/apt/sources.list and the .list files in sources.list.d say". */
export const aptListFiles = folder('lists');

/** The fact "which keyrings apt trusts for every repository". */
export const aptKeyrings = folder('keyrings');

/** Output, a line a file: `<index> <path> <base64>`. apt itself passes over names with other characters. */
const script = (keys: readonly FactKey<AptFolderFact>[]): Sh =>
  joinSh(
    keys.map(
      ({ id }, index) => sh`for f in ${rawSh(patterns[id as keyof typeof patterns])}; do
  case $f in *[!A-Za-z0-9_./-]*) continue ;; esac
  if [ -f "$f" ]; then printf '%s %s ' ${index} "$f"; base64 -w 0 <"$f"; echo; fi
done`,
    ),
  );

const parse = (
  output: string,
  keys: readonly FactKey<AptFolderFact>[],
): ReadonlyMap<string, Observed<AptFolderFact>> => {
  const values = new Map<string, AptFile[]>(keys.map(({ id }) => [id, []]));
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const match = /^(\d+) (\/\S+) ([A-Za-z0-9+/=]*)$/.exec(line);
    const files = values.get(keys[Number(match?.[1])]?.id ?? '');
    if (match === null || files === undefined)
      throw new StrangeOutput(
        `unexpected line among the files of apt: ${JSON.stringify(line.slice(0, 200))}`,
      );
    files.push({ path: match[2] ?? '', bytes: bytesOfBase64(match[3] ?? '') });
  }
  return values;
};

/** A `base64` a file. */
export const aptFolders: FactKind<AptFolderFact> = { kind: 'apt-folder', script, parse };
