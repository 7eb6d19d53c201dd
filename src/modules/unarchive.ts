import { posix } from 'node:path';
import { z } from 'zod';
import { attributeChanges, differing } from '../actions/file-attributes.ts';
import { unpackArchive } from '../actions/unpack-archive.ts';
import {
  type Archive,
  type ArchiveEntry,
  type ArchiveSeen,
  parseUnpacked,
  type UnpackedFile,
  unpacked,
} from '../facts/archives.ts';
import { file } from '../facts/files.ts';
import type { Change } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { plainRequest } from '../model/http-request.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { attributeParams, resolveAttributes } from './files/attribute-params.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { shownAddress } from './net/request-params.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { textList } from './params/text-list.ts';

const params = z
  .strictObject({
    src: z
      .string()
      .min(1)
      .describe(
        'Archive: a file of the project, which is sent at every look; with `remote_src` a path on the host, or an address that the host fetches at every look. With `creates` that is done only when it is needed.',
      ),
    dest: path().describe('Folder on the host, which must be there.'),
    ...attributeParams,
    remote_src: boolean().optional().describe('src is on the host, or an address.'),
    copy: boolean().optional().describe('The opposite of remote_src, the older name.'),
    creates: path().optional().describe('Where this path is there, nothing is unpacked.'),
    include: textList().default([]).describe('Only these of the archive.'),
    exclude: textList().default([]).describe('All but these of the archive.'),
    keep_newer: boolean()
      .default(false)
      .describe('Leave files alone that are newer than those of the archive.'),
    list_files: boolean().default(false).describe('Give the names in the archive as `files`.'),
    extra_opts: textList().default([]).describe('Further options of tar or unzip, a word each.'),
    validate_certs: boolean().default(true).describe("Check the server's certificate."),
    io_buffer_size: integer().optional().describe('Accepted: tar decides.'),
    decrypt: boolean()
      .default(true)
      .describe('What is encrypted in the project arrives decrypted; false: as it lies there.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.include.length > 0 && task.exclude.length > 0)
      complain('include and exclude are mutually exclusive', 'exclude');
    if (task.copy !== undefined && task.remote_src !== undefined)
      complain('copy and remote_src exclude each other', 'copy');
    const isRemote = task.remote_src === true || task.copy === false;
    if (isRemote && !/^(?:\/|\w+:\/\/|\{\{)/.test(task.src))
      complain('expected an absolute path on the host, or an address', 'src');
  });

type Params = z.infer<typeof params>;

const isRemote = (p: Params): boolean => p.remote_src === true || p.copy === false;

const sourceOf = (p: Params, context: TaskContext): Archive['source'] => {
  if (!isRemote(p)) return { type: 'sent', bytes: context.readFile(p.src, 'files', p.decrypt).bytes };
  if (!p.src.includes('://')) return { type: 'file', path: p.src };
  const request = { ...plainRequest(p.src), validateCerts: p.validate_certs };
  return { type: 'fetched', request, shown: shownAddress(p.src) };
};

const archiveOf = (p: Params, context: TaskContext): Archive => ({
  source: sourceOf(p, context),
  dest: p.dest,
  include: p.include,
  exclude: p.exclude,
  options: p.extra_opts,
  keepNewer: p.keep_newer,
});

const keyOf = (p: Params, context: TaskContext) => unpacked(archiveOf(p, context), context.identity);

const factsOf = (p: Params, context: TaskContext): readonly FactKey[] => [
  file(p.dest),
  ...(p.creates === undefined ? [keyOf(p, context)] : [file(p.creates)]),
];

/** Owners are kept by root only; what the task sets itself is looked at by itself. */
const counts = (p: Params, what: string, { uid }: ArchiveSeen): boolean => {
  if (what === 'Uid differs') return uid === 0 && p.owner === undefined;
  if (what === 'Gid differs') return uid === 0 && p.group === undefined;
  return what !== 'Mode differs' || p.mode === undefined;
};

const isKept = (p: Params, there: UnpackedFile | undefined, mtime: number | undefined): boolean =>
  p.keep_newer && there?.type === 'file' && mtime !== undefined && there.mtime > mtime;

const wordOf = (what: string): string => what.replace(/ differs?$/, '').toLowerCase();

const tarDifferences = (p: Params, seen: ArchiveSeen): readonly string[] => {
  const mtimes = new Map(seen.entries.map((entry) => [entry.path, entry.mtime]));
  // tar has a complaint of its own for every sort of thing that is not there.
  const missing = seen.entries.filter((entry) => !seen.there.has(entry.path));
  const other = seen.differences
    .filter(({ path: at, what }) => counts(p, what, seen) && !isKept(p, seen.there.get(at), mtimes.get(at)))
    .map(({ path: at, what }) => `${at}: ${wordOf(what)}`);
  return [...missing.map((entry) => `${entry.path}: missing`), ...other];
};

const bitsOf = (permissions: string): number =>
  [...permissions].reduce((bits, letter) => bits * 2 + (/[rwxst]/.test(letter) ? 1 : 0), 0);

const zipDifference = (
  p: Params,
  entry: ArchiveEntry,
  there: UnpackedFile | undefined,
): string | undefined => {
  if (there === undefined) return 'missing';
  if (there.type !== entry.type) return 'file type';
  if (entry.type === 'file' && entry.crc !== undefined && there.crc !== entry.crc) return 'contents';
  const { permissions } = entry;
  if (p.mode !== undefined || permissions === undefined || entry.type === 'link') return undefined;
  return bitsOf(permissions) === (Number.parseInt(there.mode, 8) & 0o777) ? undefined : 'mode';
};

const zipDifferences = (p: Params, { entries, there }: ArchiveSeen): readonly string[] =>
  entries.flatMap((entry) => {
    const found = there.get(entry.path);
    const what = isKept(p, found, entry.mtime) ? undefined : zipDifference(p, entry, found);
    return what === undefined ? [] : [`${entry.path}: ${what}`];
  });

/** More of them are only counted. */
const mostShown = 20;

const shortened = (lines: readonly string[]): readonly Change[] => {
  const shown = lines.slice(0, mostShown).map((summary) => ({ summary }));
  return lines.length > mostShown
    ? [...shown, { summary: `and ${lines.length - mostShown} more differences` }]
    : shown;
};

const attributeDifferences = (p: Params, { there }: ArchiveSeen): readonly string[] =>
  [...there.values()].flatMap((found) => {
    if (found.type === 'other') return [];
    const current = { ...found, type: found.type };
    return attributeChanges(current, differing(current, resolveAttributes(p, current))).map(
      ({ summary }) => `${found.path}: ${summary}`,
    );
  });

const handlers: Readonly<Record<string, string>> = {
  zip: 'ZipArchive',
  '-z': 'TgzArchive',
  '-j': 'TarBzipArchive',
  '-J': 'TarXzArchive',
  '--use-compress-program=zstd': 'TarZstdArchive',
};

const resultOf = (p: Params, facts: Facts, seen: ArchiveSeen) => {
  const { fact } = resolvePlace(facts, p.dest);
  return {
    dest: p.dest,
    src: p.src,
    handler: handlers[seen.kind] ?? 'TarArchive',
    state: 'directory',
    ...(fact !== absent && {
      ...{ mode: fact.mode, owner: fact.owner, group: fact.group, uid: fact.uid, gid: fact.gid },
      size: fact.sizeBytes,
    }),
    ...(p.list_files && { files: seen.entries.map((entry) => entry.path) }),
  };
};

const plan = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  if (p.creates !== undefined && resolvePlace(facts, p.creates).fact !== absent)
    return { actions: [], result: { dest: p.dest, msg: `skipped, since ${p.creates} exists` } };
  const { path: folder, fact } = resolvePlace(facts, p.dest);
  if (fact === absent || fact.type !== 'directory')
    throw new TaskFailure(`dest '${p.dest}' must be an existing dir`);
  const look = facts.get(keyOf(p, context));
  if (look === absent) throw new TaskFailure('the archive was not looked at');
  const seen = parseUnpacked(look);
  if (seen.failure !== undefined) throw new TaskFailure(seen.failure);
  const different = seen.kind === 'zip' ? zipDifferences(p, seen) : tarDifferences(p, seen);
  const attributes = attributeDifferences(p, seen);
  const result = resultOf(p, facts, seen);
  if (different.length + attributes.length === 0) return { actions: [], result };
  const summary = `unpack ${posix.basename(shownAddress(p.src))} into ${p.dest}`;
  const changes = [
    ...(different.length > 0 ? [{ summary }] : []),
    ...shortened([...different, ...attributes]),
  ];
  const isOther = different.length > 0;
  return { actions: [unpackArchive(archiveOf(p, context), p, changes, isOther, folder)], result };
};

/** Archives that are unpacked. */
export const unarchive = defineModule({
  name: 'unarchive',
  summary:
    'Unpacks an archive: tar, alone or with gzip, bzip2, xz or zstd, or zip (by unzip). What is there already is compared with it.',
  examples: `- name: The web client
  unarchive:
    src: https://example.org/client-1.0.tar.gz
    dest: /srv/www
    remote_src: true
    creates: /srv/www/client-1.0

- name: Files of our own
  unarchive:
    src: site.tar.gz
    dest: /srv/site
    owner: www-data
    group: www-data
`,
  params,
  modes: ['mode'],
  facts: factsOf,
  plan,
});
