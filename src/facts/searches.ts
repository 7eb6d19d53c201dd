import type { FactKey, Identity } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { expandedWord } from '../shell/expanded-word.ts';
import { sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import type { FileType } from './files.ts';
import { type ProbeFact, probe } from './probes.ts';

/** How a folder is searched. */
export interface Search {
  /** `~` and `$NAME` are those of the account that looks. */
  readonly folder: string;
  /** Levels below the folder; undefined: all. */
  readonly depth: number | undefined;
  /** Links to folders are gone into. */
  readonly follow: boolean;
}

/** One thing below a folder. A link is itself, whatever it leads to. */
export interface FoundFile {
  readonly path: string;
  /** Levels below the folder, 1 for what is in it. */
  readonly depth: number;
  readonly type: FileType;
  /** Permission bits, four octal digits. */
  readonly mode: string;
  /** Names; '' where the account is gone. */
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly inode: number;
  readonly device: number;
  readonly links: number;
  /** Seconds since 1970, with fraction. */
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

/** What a search came to. */
export interface SearchFact {
  /** The folder, with `~` and variables filled in. */
  readonly folder: string;
  /** By the clock of the host, seconds since 1970. */
  readonly now: number;
  /** False: nothing is there, or no folder. */
  readonly isFolder: boolean;
  readonly files: readonly FoundFile[];
  /** What find complained of, a line each. */
  readonly complaints: readonly string[];
}

/** A search may go through a whole file system. Seconds. */
const timeoutSeconds = 300;

/** Entries a search may come to; more is a path given by mistake. */
const mostFound = 200_000;

/**
 * The fact "what is below this folder", as the answer of a probe: anything that is done before may change it.
 *
 * The output is base64, since a path may hold anything but NUL. Its fields, each ended by NUL: the folder, the time, `folder` or
 * `none`; then for each thing found `depth type mode owner group uid gid size inode device links atime mtime ctime path`; then
 * an empty field and the complaints.
 */
export const search = ({ folder, depth, follow }: Search, identity: Identity): FactKey<ProbeFact> =>
  probe(
    `search ${JSON.stringify([folder, depth ?? null, follow, identity.user ?? null])}`,
    sh`d=${expandedWord(folder)}
{ printf '%s\0%s\0' "$d" "$(date +%s.%N)"
if ! [ -d "$d" ]; then printf 'none\0\0\0'
else
  printf 'folder\0'
  { e=$(find ${follow ? ['-L'] : ['-H']} "$d" -mindepth 1 ${depth === undefined ? [] : ['-maxdepth', depth]} -printf '%d\0%y\0%m\0%u\0%g\0%U\0%G\0%s\0%i\0%D\0%n\0%A@\0%T@\0%C@\0%p\0' 2>&1 >&3); } 3>&1
  printf '\0%s\0' "$e"
fi; } | base64 -w 0`,
    identity,
    timeoutSeconds,
  );

const types: Readonly<Record<string, FileType>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  s: 'socket',
  p: 'fifo',
  c: 'char',
  b: 'block',
};

const fieldsOfFile = 15;

/** find gives the number where there is no name. */
const nameOf = (text: string): string => (/^\d+$/.test(text) ? '' : text);

const readFile = (fields: readonly string[]): FoundFile => {
  const [depth, type = '', mode = '', owner = '', group = '', uid, gid, size, inode, device, links] = fields;
  const [atime, mtime, ctime, path = ''] = fields.slice(11);
  const known = types[type] ?? 'link';
  const numbers = { uid: Number(uid), gid: Number(gid), sizeBytes: Number(size), inode: Number(inode) };
  return {
    ...{ path, depth: Number(depth), type: known, mode: mode.padStart(4, '0') },
    ...{ owner: nameOf(owner), group: nameOf(group), ...numbers },
    ...{ device: Number(device), links: Number(links) },
    ...{ atime: Number(atime), mtime: Number(mtime), ctime: Number(ctime) },
  };
};

/** @throws Error with the offending text, when the output is not of the form that `search` says */
export const parseSearch = (stdout: string): SearchFact => {
  const fields = new TextDecoder().decode(bytesOfBase64(stdout)).split('\0');
  const [folder = '', now, kind] = fields;
  if (kind !== 'folder' && kind !== 'none')
    throw new StrangeOutput(
      `unexpected answer of a search: ${JSON.stringify(fields.slice(0, 3).join(' ').slice(0, 200))}`,
    );
  const files: FoundFile[] = [];
  let at = 3;
  for (; at < fields.length && fields[at] !== ''; at += fieldsOfFile)
    files.push(readFile(fields.slice(at, at + fieldsOfFile)));
  if (files.length > mostFound)
    throw new StrangeOutput(`${folder}: more than ${mostFound} things are below it`);
  const complaints = (fields[at + 1] ?? '').split('\n').filter((line) => line !== '');
  return { folder, now: Number(now), isFolder: kind === 'folder', files, complaints };
};

/** What files are asked about that a search has found. */
export interface FileQuestion {
  /** An expression that Perl and Python read alike: only files with it in them. */
  readonly contains: string | undefined;
  /** It is searched in the file as a whole, not at the beginning of a line. */
  readonly wholeFile: boolean;
  readonly checksum: boolean;
}

/**
 * A Python expression as grep -P has it: a line break is one character of it, not the end of the expression; the end of a whole file
 * is also before its last line break, for which grep knows no sign of its own.
 */
const grepPattern = (expression: string, wholeFile: boolean): string => {
  const oneLine = expression.replaceAll('\n', String.raw`\n`);
  if (!wholeFile) return `^(?:${oneLine})`;
  return oneLine.replaceAll(/\\.|\[\^?\]?(?:\\.|[^\]])*\]|\$/gs, (part) =>
    part === '$' ? String.raw`(?=\n?\z)` : part,
  );
};

/**
 * The fact "which of these files hold this, and what are their SHA-1 checksums": a line a file, `<index> <checksum or ->`, only for those
 * that hold it. A file that cannot be read holds nothing.
 */
export const fileAnswers = (
  paths: readonly string[],
  { contains, wholeFile, checksum }: FileQuestion,
  identity: Identity,
): FactKey<ProbeFact> =>
  probe(
    `files ${JSON.stringify([paths, contains ?? null, wholeFile, checksum, identity.user ?? null])}`,
    sh`set -- ${paths}
i=0
for f do
  s=-
  if [ -r "$f" ]${contains === undefined ? sh`` : sh` && LC_ALL=C.UTF-8 grep -a -q -P ${wholeFile ? ['-z'] : []} -e ${grepPattern(contains, wholeFile)} -- "$f" 2>/dev/null`}; then
    ${checksum ? sh`s=$(sha1sum <"$f") && s=\${s%% *}` : sh`:`}
    echo "$i $s"
  fi
  i=$((i + 1))
done`,
    identity,
    timeoutSeconds,
  );

/** By path, the checksum, '' where none was asked for; what does not hold the text is left out. */
export const parseFileAnswers = (stdout: string, paths: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => {
        const [, index, sum = ''] = /^(\d+) (-|[0-9a-f]{40})$/.exec(line) ?? [];
        const path = paths[Number(index)];
        if (path === undefined)
          throw new StrangeOutput(`unexpected line among the files: ${JSON.stringify(line.slice(0, 200))}`);
        return [path, sum === '-' ? '' : sum];
      }),
  );
