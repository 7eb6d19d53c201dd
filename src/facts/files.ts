import type { Absent, FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

export type FileType = 'file' | 'directory' | 'link' | 'socket' | 'fifo' | 'char' | 'block';

/** One path, itself (a link is not followed). */
export interface FileFact {
  readonly type: FileType;
  /** Permission bits, four octal digits: `0644`. */
  readonly mode: string;
  /** Names, or numbers as text where the account is gone. */
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  /** Seconds since 1970, with fraction; `justWritten` in a prediction. */
  readonly mtime: number;
  /** Of the last look, of the last change of anything about it; undefined in most predictions. */
  readonly atime?: number | undefined;
  readonly ctime?: number | undefined;
  readonly device?: number | undefined;
  readonly inode: number;
  readonly links: number;
  /** Of a regular file's content, hex; '' for everything else. */
  readonly sha256: string;
  /** Where a link points, as written in it; '' for everything else. */
  readonly target: string;
}

/** The `mtime` of a file that an action has only just written: later than any time observed. */
export const justWritten = Number.MAX_SAFE_INTEGER;

/** The fact "what is at this path". */
export const file = (path: string): FactKey<FileFact> => ({ kind: 'file', id: path });

const types: ReadonlyMap<string, FileType> = new Map([
  ['regular file', 'file'],
  ['regular empty file', 'file'],
  ['directory', 'directory'],
  ['symbolic link', 'link'],
  ['socket', 'socket'],
  ['fifo', 'fifo'],
  ['character special file', 'char'],
  ['block special file', 'block'],
]);

/**
 * Output, every field and record ended by NUL, since a path may hold anything else:
 * - `F path type mode owner group uid gid size mtime inode links target atime ctime device` for each path that is there;
 * - `S` then `<sha256>  <path>` for each regular file;
 * - `E` then the text of stat's complaints other than "No such file or directory".
 * A named pipe is never opened: sha256sum would wait for a writer for ever.
 */
const script = (keys: readonly FactKey<FileFact>[]) =>
  sh`set -- ${keys.map(({ id }) => id)}
{ errors=$({ printf '%s\0' "$@" | xargs -0 stat --printf 'F\0%n\0%F\0%a\0%U\0%G\0%u\0%g\0%s\0%.Y\0%i\0%h\0%N\0%.X\0%.Z\0%d\0' -- 2>&1 1>&3; } ); } 3>&1
printf 'E\0%s\0' "$errors"
for f do
  if [ -f "$f" ] && ! [ -L "$f" ]; then printf '%s\0' "$f"; fi
done | xargs -0 -r sha256sum -z -- 2>/dev/null
for f do
  if [ -L "$f" ]; then printf 'L\0%s\0' "$f"; readlink -z -- "$f"; fi
done`;

const fieldsOfStat = 15;

const isMissing = (line: string): boolean => /: (No such file or directory|Not a directory)$/.test(line);

const parse = (
  output: string,
  keys: readonly FactKey<FileFact>[],
): ReadonlyMap<string, Observed<FileFact>> => {
  const found = new Map<string, FileFact>();
  const fields = output.split('\0');
  let errors = '';
  for (let at = 0; at < fields.length - 1; ) {
    const tag = fields[at] ?? '';
    if (tag === 'F') {
      const [path = '', type = '', mode = '', owner = '', group = '', uid, gid, size, mtime, inode, links] =
        fields.slice(at + 1, at + 1 + fieldsOfStat);
      const [atime, ctime, device] = fields.slice(at + 13, at + 16);
      const known = types.get(type);
      if (known === undefined)
        throw new StrangeOutput(`stat printed an unknown file type: ${JSON.stringify(type)}`);
      found.set(path, {
        type: known,
        mode: mode.padStart(4, '0'),
        owner: owner === 'UNKNOWN' ? String(uid) : owner,
        group: group === 'UNKNOWN' ? String(gid) : group,
        uid: Number(uid),
        gid: Number(gid),
        sizeBytes: Number(size),
        mtime: Number(mtime),
        atime: Number(atime),
        ctime: Number(ctime),
        device: Number(device),
        inode: Number(inode),
        links: Number(links),
        sha256: '',
        target: '',
      });
      at += 1 + fieldsOfStat;
    } else if (tag === 'E') {
      errors = fields[at + 1] ?? '';
      at += 2;
    } else if (tag === 'L') {
      const path = fields[at + 1] ?? '';
      const fact = found.get(path);
      if (fact !== undefined) found.set(path, { ...fact, target: fields[at + 2] ?? '' });
      at += 3;
    } else {
      const match = /^\\?([0-9a-f]{64}) [ *]([\s\S]*)$/.exec(tag);
      if (match === null)
        throw new StrangeOutput(`unexpected record among the files: ${JSON.stringify(tag.slice(0, 200))}`);
      const [, sha256 = '', path = ''] = match;
      const fact = found.get(path);
      if (fact !== undefined) found.set(path, { ...fact, sha256 });
      at += 1;
    }
  }
  const complaints = errors.split('\n').filter((line) => line !== '' && !isMissing(line));
  return new Map(
    keys.map(({ id }): [string, Observed<FileFact>] => {
      const complaint = complaints.find((line) => line.includes(`'${id}'`));
      const absence: Absent | FactFailure = complaint === undefined ? 'absent' : new FactFailure(complaint);
      return [id, found.get(id) ?? absence];
    }),
  );
};

/** All paths in one `stat`, one `sha256sum`; a `readlink` each link. */
export const files: FactKind<FileFact> = {
  kind: 'file',
  hasNul: true,
  script,
  parse,
  lasting: ({ type, mode, owner, group, sha256, target }) => ({ type, mode, owner, group, sha256, target }),
};
