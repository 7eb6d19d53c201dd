import { posix } from 'node:path';
import { type ContentFact, content } from '../facts/contents.ts';
import { type FileFact, file, justWritten } from '../facts/files.ts';
import type { Action, Change } from '../model/action.ts';
import { type Absent, absent, type Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { type Unknown, unknown } from '../model/unknown.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { base64 } from '../util/base64.ts';
import { gzipped } from '../util/gzipped.ts';
import { sha256 } from '../util/sha256.ts';
import { splitWords } from '../util/split-words.ts';
import { utf8Text } from '../util/utf8-text.ts';
import {
  type Attributes,
  accountWord,
  attributeChanges,
  chmodSh,
  differing,
  openedFile,
  setOpenedAttributesSh,
  withAttributes,
} from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';
import { openTemporary } from './open-new.ts';
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
  return sh`{ ${joinSh(pieces, '; ')}; } | base64 -d | gzip -dc >&3`;
};

/** The source may be in a folder of somebody's who has put a link in its place since. */
const copyOfSeen = ({ path, sha256: seen }: CopyOf): Sh => sh`cat -- ${path} >&3
[ "$(sha256sum <${openedFile})" = ${`${seen}  -`} ] || {
  echo ${`${path} has changed since it was looked at; nothing was written`} >&2
  exit 1
}`;

const fill = (bytes: Uint8Array | CopyOf): Sh[] => {
  if ('sha256' in bytes) return [copyOfSeen(bytes)];
  const packed = pack(bytes);
  if (packed !== undefined) return [packed];
  const text = utf8Text(bytes);
  return text === undefined
    ? [...slices(bytes)].map((piece) => sh`printf %s ${base64(piece)} | base64 -d >&3`)
    : [...textPieces(text)].map((piece) => sh`printf %s ${piece} >&3`);
};

/** What the path will hold. The bytes of a file of the host are not here, so an edit of the copy has to wait for it. */
const contentAfter = (bytes: Uint8Array | CopyOf): ContentFact | Unknown =>
  'sha256' in bytes
    ? unknown(`the copy of ${bytes.path}`)
    : { sha256: sha256(bytes), bytes, sizeBytes: bytes.length };

/** Not in the file's folder: a program may take what lies where it is started for its own. */
const runValidate = (command: string): Sh => {
  const words = splitWords(command).map((word) =>
    rawSh(
      word
        .split(/(%s|%%)/)
        .filter((part) => part !== '')
        .map((part) => (part === '%s' ? '"$f"' : sh`${part === '%%' ? '%' : part}`.sh))
        .join(''),
    ),
  );
  return sh`f=$PWD/\${t#./}
( cd / && ${words} ) >&2 || { s=$?; echo ${`validate refused it: ${command}`} >&2; exit "$s"; }`;
};

/** Ansible's name for it: `NAME.PID.YYYY-MM-DD@HH:MM:SS~`. Times, ACL and all stay; what is in its place is never written through. */
export const makeBackup = (path: string): Sh =>
  sh`b=${posix.basename(path)}.$$.$(date +%Y-%m-%d@%H:%M:%S~)
cp -a -T --remove-destination -- ${nameIn(path)} "./$b"
printf '%s/%s\n' ${posix.dirname(path).replace(/^\/$/, '')} "$b"`;

/**
 * Gives the new file what the old one has of mode, ACL, extended attributes and SELinux label, as far as the file system and the account
 * know of them: for what cannot be had cp(1) complains, and does not fail.
 */
const keepAttributes = (path: string): Sh =>
  sh`cp --attributes-only --preserve=all --no-preserve=ownership,timestamps,links -P -T -- ${nameIn(path)} ${openedFile}`;

/**
 * sh that fills the open file and sets its attributes: last, so that nobody else can read it before. Where the task says a mode, those who may read the
 * old file (which may be another by now) are not to read the new one for a moment: what is kept comes first then, with a mode for nobody.
 */
const fillAndSet = (
  { path, bytes, mode }: FileToWrite,
  kept: FileFact | undefined,
  after: Attributes,
): Sh[] => {
  if (kept === undefined) return [...fill(bytes), ...setOpenedAttributesSh(after)];
  if (mode === undefined)
    return [...fill(bytes), ...setOpenedAttributesSh({ ...after, mode: undefined }), keepAttributes(path)];
  return [keepAttributes(path), chmodSh('0600', openedFile), ...fill(bytes), ...setOpenedAttributesSh(after)];
};

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
 * mode, is validated, and is renamed. Owner, group, mode, ACL, extended attributes and SELinux label of an existing file stay where nothing else
 * is wanted.
 *
 * What is written and set is an open file, and all names are in a folder that has been entered: whoever else may write there can put
 * links in their place, and leads nothing elsewhere by it.
 *
 * mktemp, mv, chmod or cp, chown where needed: three or four processes, two more where the task says the mode of an existing file.
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
      enterFolderOf(path),
      openTemporary(path),
      ...fillAndSet(wanted, kept, attributes),
      rawSh('exec 3>&-'),
      ...(wanted.validate === undefined ? [] : [runValidate(wanted.validate)]),
      ...(keepsCopy ? [makeBackup(path)] : []),
      sh`mv -f -T -- "$t" ${nameIn(path)}
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
