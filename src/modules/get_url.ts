import { posix } from 'node:path';
import { z } from 'zod';
import { downloadFile, type ExpectedChecksum, parseDownload } from '../actions/download-file.ts';
import { setAttributes } from '../actions/set-attributes.ts';
import { type ChecksumAlgorithm, checksum, checksumAlgorithms } from '../facts/checksums.ts';
import { type FileFact, file } from '../facts/files.ts';
import { type HttpSeen, httpLook, parseHttpLook } from '../facts/http-looks.ts';
import { pathIs } from '../facts/path-tests.ts';
import type { Action, ActionOutcome } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { attributeParams, resolveAttributes } from './files/attribute-params.ts';
import { isFolder, mustHaveFolder, type Place, resolvePlace } from './files/resolve-path.ts';
import { findChecksum, isChecksumAddress, parseChecksum } from './net/checksum-file.ts';
import { bytesFetched, fetchedFile, whyNot } from './net/fetched.ts';
import {
  address,
  nameInAddress,
  requestOf,
  requestParams,
  shownAddress,
  timeoutParam,
} from './net/request-params.ts';
import { boolean } from './params/boolean.ts';
import { path, pathWithSlash } from './params/path.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  url: address(/^(?:https?|ftp|file):\/\//i, 'https://…, http://…, ftp://… or file:///…').describe(
    'Address, as the host reaches it: it is the host that fetches.',
  ),
  dest: pathWithSlash().describe(
    'Path of the file, or a folder: then the name is what the server says, or that in the address, and the file is compared at every look.',
  ),
  ...attributeParams,
  checksum: text()
    .refine((written) => written === '' || parseChecksum(written) !== undefined, {
      error: `expected ALGORITHM:HEX or ALGORITHM:ADDRESS, the algorithm one of ${checksumAlgorithms.join(', ')}`,
    })
    .default('')
    .describe(
      '`sha256:HEX`, or `sha256:ADDRESS` of a list of checksums that names the file. A file that has it is not fetched again; one that has it not is.',
    ),
  ...requestParams,
  force: boolean()
    .default(false)
    .describe(
      'Fetch and compare at every look, and replace a file that differs. Without it a file that is there stays, unless it misses its checksum.',
    ),
  backup: boolean().default(false).describe('Keep the old file beside it, its name with a time.'),
  timeout: timeoutParam(10),
  tmp_dest: path().optional().describe('Folder for what is not whole yet. Default: that of dest.'),
});

type Params = z.infer<typeof params>;

const withoutSlash = (at: string): string => at.replace(/(?<=.)\/$/, '');

const checksumAddress = (p: Params): string | undefined => {
  const [, written = ''] = /^\w+:(.*)$/s.exec(p.checksum) ?? [];
  return isChecksumAddress(written) ? written : undefined;
};

const algorithmOf = (p: Params): ChecksumAlgorithm | undefined =>
  p.checksum === '' ? undefined : parseChecksum(p.checksum)?.algorithm;

/** The look at what the server has: made where it decides, which is a folder, or a file with `force`. */
const look = (p: Params, { identity }: TaskContext) => {
  const when = pathIs(p.force ? 'there' : 'folder', withoutSlash(p.dest));
  return httpLook(requestOf(p), 'sha256', identity, { download: true, when });
};

const checksumList = (p: Params, url: string, { identity }: TaskContext) =>
  fetchedFile(url, identity, requestOf(p));

const factsOf = (p: Params, context: TaskContext): readonly FactKey[] => {
  const dest = withoutSlash(p.dest);
  const algorithm = algorithmOf(p);
  const list = checksumAddress(p);
  return [
    file(dest),
    file(posix.join(dest, nameInAddress(p.url))),
    file(posix.dirname(dest)),
    look(p, context),
    ...(algorithm === undefined || algorithm === 'sha256' ? [] : [checksum(dest, algorithm)]),
    ...(list === undefined ? [] : [checksumList(p, list, context)]),
  ];
};

/** What the file must hold; undefined: anything. */
const expectedOf = (p: Params, facts: Facts, context: TaskContext): ExpectedChecksum | undefined => {
  const algorithm = algorithmOf(p);
  if (algorithm === undefined) return undefined;
  const list = checksumAddress(p);
  if (list === undefined) return { algorithm, hex: parseChecksum(p.checksum)?.hex ?? '' };
  const bytes = bytesFetched(facts, checksumList(p, list, context), list);
  const hex = findChecksum(new TextDecoder().decode(bytes), nameInAddress(p.url));
  if (hex !== undefined) return { algorithm, hex };
  throw new TaskFailure(`Unable to find a checksum for file '${nameInAddress(p.url)}' in '${list}'`);
};

const hasExpected = ({ path: at, fact }: Place, expected: ExpectedChecksum, facts: Facts): boolean => {
  if (fact === absent) return false;
  if (expected.algorithm === 'sha256') return fact.sha256 === expected.hex;
  return facts.get(checksum(at, expected.algorithm)) === expected.hex;
};

const seenOf = (p: Params, facts: Facts, context: TaskContext): HttpSeen => {
  const fact = facts.get(look(p, context));
  const seen = fact === absent ? undefined : parseHttpLook(fact.stdout, 'sha256', p.url);
  if (seen === undefined) throw new TaskFailure(`${shownAddress(p.url)} was not asked`);
  const { status, reason, complaint } = seen.answer;
  if (status === 200 || status === 226) return seen;
  throw new TaskFailure(`Request failed: ${shownAddress(p.url)}: ${whyNot(status, reason, complaint)}`, {
    status_code: status,
    url: p.url,
    dest: p.dest,
  });
};

/** The name that the server gives to what it sends, without any folders. */
const nameFromServer = ({ answer }: HttpSeen): string => {
  const [, name = ''] =
    /^attachment; ?filename="?([^"]+)/.exec(answer.headers['content-disposition'] ?? '') ?? [];
  return posix.basename(name) || nameInAddress(answer.url);
};

const describe = (p: Params, dest: string, fact: FileFact): Record<string, unknown> => {
  const { mode, owner, group, uid, gid, sizeBytes } = fact;
  return {
    url: p.url,
    dest,
    msg: 'file already exists',
    elapsed: 0,
    state: 'file',
    mode,
    owner,
    group,
    uid,
    gid,
    size: sizeBytes,
  };
};

const keep = (p: Params, { path: at, fact }: Place & { readonly fact: FileFact }): TaskPlan => {
  const actions = setAttributes(at, fact, resolveAttributes(p, fact));
  const msg = actions.length > 0 ? 'file already exists but file attributes changed' : 'file already exists';
  return { actions, result: { ...describe(p, at, fact), msg } };
};

const finish =
  (p: Params) =>
  ([outcome]: readonly ActionOutcome[]): Readonly<Record<string, unknown>> => {
    if (outcome === undefined || outcome.exitStatus !== 0) return {};
    const said = parseDownload(outcome.stdout);
    const size = Number(said['size']);
    return {
      checksum_src: said['sha1'],
      checksum_dest: said['sha1'],
      md5sum: said['md5'],
      status_code: Number(said['status']),
      msg: `OK (${size} bytes)`,
      elapsed: Math.floor(outcome.durationMs / 1000),
      ...{ size, mode: said['mode'], owner: said['owner'], group: said['group'] },
      ...{ uid: Number(said['uid']), gid: Number(said['gid']), state: 'file' },
      ...(p.backup && said['backup'] !== undefined ? { backup_file: said['backup'] } : {}),
    };
  };

const fresh = { mode: '0644', type: 'file' } as const;

const fetch = (p: Params, facts: Facts, { path: at, fact }: Place, expected?: ExpectedChecksum): TaskPlan => {
  mustHaveFolder(facts, at);
  if (fact !== absent && fact.type !== 'file') throw new TaskFailure(`${at} is a ${fact.type}, not a file`);
  const action: Action = downloadFile({
    request: requestOf(p),
    shown: shownAddress(p.url),
    path: at,
    current: fact,
    expected,
    temporaryFolder: p.tmp_dest,
    backup: p.backup,
    ...resolveAttributes(p, fact === absent ? fresh : fact),
  });
  return { actions: [action], result: { url: p.url, dest: at }, finish: finish(p) };
};

const planFile = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const place = resolvePlace(facts, withoutSlash(p.dest));
  const expected = expectedOf(p, facts, context);
  const { fact } = place;
  if (fact === absent || fact.type !== 'file') return fetch(p, facts, place, expected);
  const isRight = expected === undefined || hasExpected(place, expected, facts);
  const isSame = (): boolean => !p.force || seenOf(p, facts, context).body === fact.sha256;
  return isRight && isSame() ? keep(p, { ...place, fact }) : fetch(p, facts, place, expected);
};

const planInFolder = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const seen = seenOf(p, facts, context);
  const place = resolvePlace(facts, posix.join(withoutSlash(p.dest), nameFromServer(seen)));
  const { fact } = place;
  const isSame = fact !== absent && fact.type === 'file' && fact.sha256 === seen.body;
  return isSame ? keep(p, { ...place, fact }) : fetch(p, facts, place, expectedOf(p, facts, context));
};

/** Files that the host fetches. */
export const getUrl = defineModule({
  name: 'get_url',
  summary:
    "Lets the host download a file: by curl, else wget, else (without headers and passwords) apt's own downloader, which every Debian has.",
  examples: `- name: A release, by its checksum
  get_url:
    url: https://example.org/tool-1.2.tar.gz
    dest: /opt/tool.tar.gz
    checksum: sha256:https://example.org/SHA256SUMS
    mode: "0644"

- name: A file that changes now and then
  get_url:
    url: https://example.org/blocklist.txt
    dest: /etc/blocklist.txt
    force: true
    url_username: host
    url_password: "{{ blocklist_password }}"
`,
  params,
  aliases: { username: 'url_username', password: 'url_password' },
  modes: ['mode'],
  secrets: ['url_password'],
  facts: factsOf,
  plan: (p, facts, context) =>
    isFolder(facts, withoutSlash(p.dest)) ? planInFolder(p, facts, context) : planFile(p, facts, context),
  claims: (p) => [
    {
      key: file(withoutSlash(p.dest)),
      wanted: { url: p.url, checksum: p.checksum, owner: p.owner, group: p.group, mode: p.mode },
      prunable: false,
    },
  ],
});
