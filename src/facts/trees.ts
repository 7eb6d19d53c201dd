import type { FactKey, FactKind, Observed, Taint } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';
import type { FileType } from './files.ts';

/** One thing below a folder; a link is not followed. */
export interface TreeEntry {
  /** Relative to the folder; '' is the folder itself. */
  readonly path: string;
  readonly type: FileType;
  /** Permission bits, four octal digits. */
  readonly mode: string;
  /** Names, or numbers as text where the account is gone. */
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
}

/** A folder and everything below it, sorted by path. */
export type TreeFact = readonly TreeEntry[];

/** Entries a listing may have; more is a path given by mistake (`/`), not a folder to manage. */
export const mostTreeEntries = 100_000;

/** The fact "what is below this folder". Absent where there is no folder. */
export const tree = (path: string): FactKey<TreeFact> => ({ kind: 'tree', id: `${path}/.`, input: path });

/** The listings that change when something at `path` does: those of the folders above it, and of itself and below. */
export const treesAround = (path: string): readonly Taint[] => {
  const parts = path.split('/').slice(1);
  const above = parts.map((_, index) => `/${parts.slice(0, index).join('/')}`);
  return [...above.map((folder) => ({ kind: 'tree', under: `${folder}/.` })), { kind: 'tree', under: path }];
};

const types: ReadonlyMap<string, FileType> = new Map([
  ['f', 'file'],
  ['d', 'directory'],
  ['l', 'link'],
  ['s', 'socket'],
  ['p', 'fifo'],
  ['c', 'char'],
  ['b', 'block'],
]);

const fieldsOfEntry = 8;

/** One entry more than there may be, so that too many are known as such: find ends when nobody reads on. */
const mostFields = fieldsOfEntry * (mostTreeEntries + 1);

/**
 * Output for each folder, every field ended by NUL: `T index`, then `type mode owner group uid gid size path` for each
 * entry, then an empty field and the text of find's complaints (`absent` where there is no folder).
 */
const script = (keys: readonly FactKey<TreeFact>[]): Sh =>
  joinSh([
    sh`tree() {
  printf 'T\0%s\0' "$1"
  if ! [ -d "$2" ] || [ -L "$2" ]; then printf '\0absent\0'; return; fi
  { e=$({ find "$2" -printf '%y\0%m\0%u\0%g\0%U\0%G\0%s\0%P\0' | head -z -n "$3" >&3; } 2>&1); } 3>&1
  printf '\0%s\0' "$e"
}`,
    ...keys.map((key, index) => sh`tree ${index} ${key.input as string} ${mostFields}`),
  ]);

const readEntry = (fields: readonly string[]): TreeEntry => {
  const [type = '', mode = '', owner = '', group = '', uid, gid, size, path = ''] = fields;
  const known = types.get(type);
  if (known === undefined)
    throw new StrangeOutput(`find printed an unknown file type: ${JSON.stringify(type.slice(0, 200))}`);
  const numbers = { uid: Number(uid), gid: Number(gid), sizeBytes: Number(size) };
  return { path, type: known, mode: mode.padStart(4, '0'), owner, group, ...numbers };
};

const compare = (first: TreeEntry, second: TreeEntry): number =>
  first.path < second.path ? -1 : first.path > second.path ? 1 : 0;

const parse = (
  output: string,
  keys: readonly FactKey<TreeFact>[],
): ReadonlyMap<string, Observed<TreeFact>> => {
  const values = new Map<string, Observed<TreeFact>>();
  const fields = output.split('\0');
  for (let at = 0; at < fields.length - 1; ) {
    const key = keys[Number(fields[at + 1])];
    if (fields[at] !== 'T' || key === undefined)
      throw new StrangeOutput(
        `unexpected record among the trees: ${JSON.stringify((fields[at] ?? '').slice(0, 200))}`,
      );
    const entries: TreeEntry[] = [];
    for (at += 2; at < fields.length && fields[at] !== ''; at += fieldsOfEntry)
      entries.push(readEntry(fields.slice(at, at + fieldsOfEntry)));
    const complaint = fields[at + 1] ?? '';
    if (complaint === 'absent') values.set(key.id, 'absent');
    // What find complains of then may be that nobody reads on.
    else if (entries.length > mostTreeEntries)
      values.set(key.id, new FactFailure(`${key.input as string}: more than ${mostTreeEntries} entries`));
    else if (complaint !== '') values.set(key.id, new FactFailure(complaint));
    else values.set(key.id, entries.toSorted(compare));
    at += 2;
  }
  return values;
};

/** A `find` a folder. */
export const trees: FactKind<TreeFact> = { kind: 'tree', hasNul: true, script, parse };
