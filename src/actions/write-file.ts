import { posix } from 'node:path';
import { type ContentFact, content } from '../facts/contents.ts';
import { type FileFact, file, justWritten } from '../facts/files.ts';
import type { Action, Change } from '../model/action.ts';
import { type Absent, absent, type Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { type Unknown, unknown } from '../model/unknown.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { base64 } from '../util/base64.ts';
import { gzipped } from '../util/gzipped.ts';
import { sha256 } from '../util/sha256.ts';
import { shellWords } from '../util/shell-words.ts';
import { utf8Text } from '../util/utf8-text.ts';
import {
  type Attributes,
  accountWord,
  attributeChanges,
  differing,
  setAttributesSh,
  withAttributes,
} from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';
import { unitFileEffects } from './unit-effects.ts';

/** Content that is on the host already: the file at `path`, with what was seen of it. */
export interface CopyOf {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface FileToWrite extends Attributes {
  readonly path: string;
  readonly bytes: Uint8Array | CopyOf;
  /** What is at the path now. A link is replaced, not followed: callers resolve it first. */
  readonly current: FileFact | Absent;
  /** What the file holds now, for the diff. */
  readonly before: ContentFact | Absent;
  /** Who writes: a new file is theirs. */
  readonly identity: Identity;
  /** A command that must accept the new file before it takes its place; `%s` is the file. Not a shell's line. */
  readonly validate?: string | undefined;
  /** Keep a copy of the old file beside it; its path is printed (`backupOf`). */
  readonly backup?: boolean | undefined;
}

/** Larger texts are not shown. */
const largestDiffBytes = 1024 * 1024;

/** UTF-16 code units, or bytes before base64, in one printf. Divisible by 3, so that base64 pieces need no padding. */
const pieceLength = 384 * 1024;

/** The name's beginning keeps the temporary name below 255 bytes whatever the characters. */
export const temporaryName = (path: string): string =>
  posix.join(posix.dirname(path), `.${[...posix.basename(path)].slice(0, 50).join('')}.syn-XXXXXX`);

function* slices<T extends string | Uint8Array>(whole: T): Generator<T> {
  for (let at = 0; at < whole.length; at += pieceLength) yield whole.slice(at, at + pieceLength) as T;
}

/** A text cut anywhere could be cut inside a surrogate pair, so pairs are counted as one. */
function* textPieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const isInPair = /^[\ud800-\udbff]$/.test(text[at + pieceLength - 1] ?? '');
    const end = at + pieceLength + (isInPair ? 1 : 0);
    yield text.slice(at, end);
    at = end;
  }
}

/** Smaller contents are sent as they are: to unpack them takes the host two processes. */
const smallestPackedBytes = 32 * 1024;

/** Its gzip's base64, where that is worth the unpacking: at most two thirds of what would be sent. */
const pack = (bytes: Uint8Array): Sh | undefined => {
  if (bytes.length < smallestPackedBytes) return undefined;
  const packed = gzipped(bytes);
  if (packed.length > bytes.length / 2) return undefined;
  const pieces = [...slices(packed)].map((piece) => sh`printf %s ${base64(piece)}`);
  return sh`{ ${joinSh(pieces, '; ')}; } | base64 -d | gzip -dc >"$t"`;
};

const fill = (bytes: Uint8Array | CopyOf): Sh[] => {
  if ('sha256' in bytes) return [sh`cat -- ${bytes.path} >"$t"`];
  const packed = pack(bytes);
  if (packed !== undefined) return [packed];
  const text = utf8Text(bytes);
  return text === undefined
    ? [...slices(bytes)].map((piece) => sh`printf %s ${base64(piece)} | base64 -d >>"$t"`)
    : [...textPieces(text)].map((piece) => sh`printf %s ${piece} >>"$t"`);
};

/** What the path will hold. The bytes of a file of the host are not here, so an edit of the copy has to wait for it. */
const contentAfter = (bytes: Uint8Array | CopyOf): ContentFact | Unknown =>
  'sha256' in bytes
    ? unknown(`the copy of ${bytes.path}`)
    : { sha256: sha256(bytes), bytes, sizeBytes: bytes.length };

const runValidate = (command: string): Sh => {
  const words = shellWords(command).map((word) =>
    rawSh(
      word
        .split(/(%s|%%)/)
        .filter((part) => part !== '')
        .map((part) => (part === '%s' ? '"$t"' : sh`${part === '%%' ? '%' : part}`.sh))
        .join(''),
    ),
  );
  return sh`${words} >&2`;
};

/** Ansible's name for it: `NAME.PID.YYYY-MM-DD@HH:MM:SS~`. */
export const makeBackup = (path: string): Sh =>
  sh`b=${path}.$$.$(date +%Y-%m-%d@%H:%M:%S~)
cp -p -- ${path} "$b"
printf '%s\n' "$b"`;

/** The path of the backup, out of what the action printed. */
export const backupOf = (stdout: string): string => stdout.trimEnd().split('\n').at(-1) ?? '';

const contentChange = ({ path, before, current, bytes }: FileToWrite, sizeBytes: number): Change => {
  const summary = current === absent ? `create ${path}` : `write ${path}`;
  const after = 'sha256' in bytes ? undefined : utf8Text(bytes);
  const old = before === absent ? null : before.bytes && utf8Text(before.bytes);
  const oldBytes = before === absent ? 0 : before.sizeBytes;
  if (after !== undefined && old !== undefined && Math.max(sizeBytes, oldBytes) <= largestDiffBytes)
    return { summary, diff: { path, before: old, after } };
  return { summary: `${summary} (${before === absent ? '' : `${oldBytes} -> `}${sizeBytes} bytes)` };
};

const attributesOfNew = ({ owner, group, mode }: Attributes): Change[] =>
  Object.entries({ owner, group, mode })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ summary: `${name} ${value}` }));

/**
 * Replaces a file as a whole: a temporary file in the same folder, readable by nobody else, gets content, owner and
 * mode, is validated, and is renamed. Owner, group and mode of an existing file stay where nothing else is wanted.
 *
 * mktemp, mv, and chown and chmod where needed: two to four processes.
 */
export const writeFile = (wanted: FileToWrite): Action => {
  const { path, bytes, current, identity } = wanted;
  const kept = current !== absent && current.type === 'file' ? current : undefined;
  const start = kept ?? freshFile('file', identity);
  const attributes: Attributes = {
    owner: wanted.owner ?? (kept && accountWord(kept.owner, kept.uid)),
    group: wanted.group ?? (kept && accountWord(kept.group, kept.gid)),
    mode: wanted.mode ?? start.mode,
  };
  const sizeBytes = 'sha256' in bytes ? bytes.sizeBytes : bytes.length;
  const hash = 'sha256' in bytes ? bytes.sha256 : sha256(bytes);
  const after: FileFact = {
    ...withAttributes(start, { owner: wanted.owner, group: wanted.group, mode: wanted.mode }),
    sizeBytes,
    mtime: justWritten,
    inode: 0,
    links: 1,
    sha256: hash,
  };
  const changesContent = kept === undefined || kept.sha256 !== hash;
  const keepsCopy = wanted.backup === true && kept !== undefined;
  return {
    kind: 'write-file',
    summary: `write ${path}`,
    changes: [
      ...(changesContent ? [contentChange(wanted, sizeBytes)] : []),
      ...(kept === undefined ? attributesOfNew(wanted) : attributeChanges(kept, differing(kept, wanted))),
    ],
    sh: joinSh([
      sh`t=$(mktemp -- ${temporaryName(path)})
trap 'rm -f -- "$t"' EXIT
trap 'exit 1' HUP INT TERM`,
      ...fill(bytes),
      ...setAttributesSh(attributes, rawSh('"$t"')),
      ...(wanted.validate === undefined ? [] : [runValidate(wanted.validate)]),
      ...(keepsCopy ? [makeBackup(path)] : []),
      sh`mv -f -T -- "$t" ${path}
trap - EXIT HUP INT TERM`,
    ]),
    predicts: [
      { key: file(path), value: after },
      { key: content(path), value: contentAfter(bytes) },
      ...unitFileEffects(path),
    ],
    revises: folderChanges(path),
    taints: taintsOfFile(path),
    ...(keepsCopy && { capture: true }),
  };
};
