import { posix } from 'node:path';
import { z } from 'zod';
import { unknownId } from '../actions/file-attributes.ts';
import { checksum, checksumAlgorithms } from '../facts/checksums.ts';
import { fileExtras } from '../facts/file-extras.ts';
import { type FileFact, file, justWritten } from '../facts/files.ts';
import { absent, type Facts, type Identity } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { unknown } from '../model/unknown.ts';
import { followLinks, type Place, placeOf, resolvePlace } from './files/resolve-path.ts';
import { kindOf, permissionsOf } from './files/stat-result.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';

const params = z.strictObject({
  path: path().describe('What to look at.'),
  follow: boolean().default(false).describe('Look at what a link points to.'),
  get_checksum: boolean().default(true).describe('Give the checksum of a regular file.'),
  checksum_algorithm: z
    .enum(checksumAlgorithms, { error: `expected one of ${checksumAlgorithms.join(', ')}` })
    .default('sha1')
    .describe('Which checksum.'),
  get_mime: boolean().default(true).describe('Give `mimetype` and `charset`, where the host has `file`.'),
  get_attributes: boolean()
    .default(true)
    .describe('Give `attributes`, `attr_flags` and `version`, where the file system has them.'),
});

/** root may read and write everything, and run what anybody may; others as owner or as anybody (not as a group). */
const accessOf = (fact: FileFact, { user = 'root' }: Identity): Record<string, boolean> => {
  const mode = Number.parseInt(fact.mode, 8);
  const mine = fact.owner === user ? mode >> 6 : mode;
  const may = (bit: number, root: boolean): boolean => (user === 'root' ? root : (mine & bit) !== 0);
  return { readable: may(4, true), writeable: may(2, true), executable: may(1, (mode & 0o111) !== 0) };
};

const linkOf = ({ path: at, fact }: Place, facts: Facts): Record<string, unknown> => {
  if (fact === absent || fact.type !== 'link') return {};
  // As by Ansible a link in a circle leads to itself.
  const end = followLinks(facts, at)?.path ?? at;
  return { lnk_target: fact.target, lnk_source: posix.normalize(end) };
};

/** Numbers that a file only has once it is written are unknown until then. */
const observed = (value: number, isPredicted: boolean): unknown =>
  isPredicted ? unknown('the file to be written') : value;

const describe = (place: Place & { readonly fact: FileFact }, facts: Facts, identity: Identity) => {
  const { fact } = place;
  const isPredicted = fact.mtime === justWritten;
  return {
    exists: true,
    path: place.path,
    mode: fact.mode,
    ...kindOf(fact.type),
    uid: observed(fact.uid, fact.uid === unknownId),
    gid: observed(fact.gid, fact.gid === unknownId),
    pw_name: fact.owner,
    gr_name: fact.group,
    size: observed(fact.sizeBytes, isPredicted && fact.type !== 'file'),
    mtime: observed(fact.mtime, isPredicted),
    atime: observed(fact.atime ?? 0, isPredicted),
    ctime: observed(fact.ctime ?? 0, isPredicted),
    dev: observed(fact.device ?? 0, isPredicted),
    inode: observed(fact.inode, isPredicted),
    nlink: observed(fact.links, isPredicted && fact.type !== 'file'),
    ...permissionsOf(Number.parseInt(fact.mode, 8)),
    ...accessOf(fact, identity),
    ...linkOf(place, facts),
  };
};

interface Extras {
  readonly get_mime: boolean;
  readonly get_attributes: boolean;
}

const extrasOf = (at: string, { get_mime: mime, get_attributes: attributes }: Extras) =>
  mime || attributes ? [fileExtras(at, { mime, attributes })] : [];

/** @see chattr(1) */
const flagNames: Readonly<Record<string, string>> = {
  ...{ A: 'noatime', a: 'append', c: 'compressed', C: 'nocow', d: 'nodump', D: 'dirsync', e: 'extents' },
  ...{ E: 'encrypted', h: 'blocksize', i: 'immutable', I: 'indexed', j: 'journalled', N: 'inline' },
  ...{ s: 'zero', S: 'synchronous', t: 'notail', T: 'blockroot', u: 'undelete', X: 'compressedraw' },
  ...{ Z: 'compresseddirty' },
};

/** Of a file that is to be written they are unknown until then. */
const describeExtras = (
  { path: at, fact }: Place & { readonly fact: FileFact },
  task: Extras,
  facts: Facts,
): Record<string, unknown> => {
  const [key] = extrasOf(at, task);
  if (key === undefined) return {};
  if (fact.mtime === justWritten) {
    const later = unknown('the file to be written');
    return task.get_mime ? { mimetype: later, charset: later } : {};
  }
  const extras = facts.get(key);
  if (extras === absent) return {};
  const { mimetype, charset, version, flags } = extras;
  return {
    ...(task.get_mime && { mimetype, charset }),
    ...(task.get_attributes &&
      flags !== undefined && {
        attributes: [...flags].map((flag) => flagNames[flag] ?? flag),
        attr_flags: flags,
        version,
      }),
  };
};

/** Looks at a path; changes nothing. */
export const stat = defineModule({
  name: 'stat',
  summary: 'Looks at a file, for `register`.',
  examples: `
- stat:
    path: /run/redis/redis-server.sock
  register: redis_sock
`,
  params,
  tells: true,
  aliases: {
    dest: 'path',
    name: 'path',
    checksum: 'checksum_algorithm',
    checksum_algo: 'checksum_algorithm',
    mime: 'get_mime',
    mime_type: 'get_mime',
    'mime-type': 'get_mime',
    attr: 'get_attributes',
    attributes: 'get_attributes',
  },
  facts: ({ path: at, get_checksum, checksum_algorithm: algorithm, ...wanted }) => [
    file(at),
    ...extrasOf(at, wanted),
    ...(get_checksum && algorithm !== 'sha256' ? [checksum(at, algorithm)] : []),
  ],
  plan(task, facts, { identity }) {
    const { path: at, follow, get_checksum, checksum_algorithm: algorithm } = task;
    const { path: found, fact } = follow ? resolvePlace(facts, at) : placeOf(facts, at);
    if (fact === absent) return { actions: [], result: { stat: { exists: false } } };
    const described = {
      ...describe({ path: found, fact }, facts, identity),
      ...describeExtras({ path: found, fact }, task, facts),
      path: at,
    };
    if (!get_checksum || fact.type !== 'file') return { actions: [], result: { stat: described } };
    const sum = algorithm === 'sha256' ? fact.sha256 : facts.get(checksum(found, algorithm));
    return { actions: [], result: { stat: { ...described, ...(sum !== absent && { checksum: sum }) } } };
  },
});
