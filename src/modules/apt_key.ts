import { posix } from 'node:path';
import { z } from 'zod';
import { removePath } from '../actions/remove-path.ts';
import { type AptFile, aptKeyrings } from '../facts/apt-folders.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { plainRequest } from '../model/http-request.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import type { OpenpgpKey } from '../util/openpgp.ts';
import {
  hasId,
  idsIn,
  isArmored,
  isKeyId,
  type KeyId,
  keyringOf,
  keysOf,
  parseKeyId,
  wantsArmor,
} from './apt-sources/keyring.ts';
import { installContent } from './files/install-content.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { bytesFetched, fetchedFile } from './net/fetched.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

const sources = ['data', 'file', 'keyserver', 'url'] as const;

const params = z
  .strictObject({
    id: text()
      .refine(isKeyId, {
        error: 'expected the id of a key: 8, 16 or (best) 40 hexadecimal digits, in quotes',
      })
      .optional()
      .describe(
        'Id or, better, whole fingerprint. Needed for `absent` and with `keyserver`. With it nothing is fetched while the key is there.',
      ),
    url: text().optional().describe('Address of the key; the host fetches it.'),
    data: text().optional().describe('The key itself, armored.'),
    file: path().optional().describe('File on the host that holds the key.'),
    keyserver: text()
      .refine((server) => /^(?:(?:hkps?|https?):\/\/)?[A-Za-z0-9.:[\]-]+\/?$/.test(server), {
        error: 'expected a key server such as keyserver.ubuntu.com or hkps://keys.openpgp.org',
      })
      .optional()
      .describe('Key server; asked by HTTP, without gpg.'),
    keyring: path()
      .optional()
      .describe(
        'Keyring to keep it in. Default: a file of its own in /etc/apt/trusted.gpg.d, whichever keyring that apt trusts it is found in counts.',
      ),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether apt is to trust it.'),
    validate_certs: boolean().default(true).describe("Check the server's certificate."),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    const given = sources.filter((name) => task[name] !== undefined);
    if (given.length > 1) complain(`${given.join(' and ')} exclude each other`, given[1] ?? 'url');
    if (task.state === 'absent' && task.id === undefined)
      complain('id is required with state absent', 'state');
    if (task.state === 'present' && given.length === 0)
      complain('one of data, file, keyserver, url is required with state present', 'state');
    if (task.keyserver !== undefined && task.id === undefined)
      complain('id is required with keyserver', 'keyserver');
  });

type Params = z.infer<typeof params>;

const hkpPort = 11371;

/** Where a key server answers. @see draft-gallagher-openpgp-hkp, section 3 */
const lookupAddress = (server: string, id: KeyId): string => {
  const [, scheme = 'hkp', host = ''] = /^(?:(\w+):\/\/)?(.*?)\/?$/.exec(server) ?? [];
  const isSecure = scheme === 'hkps' || scheme === 'https';
  const hasPort = /:\d+$/.test(host);
  const place = scheme === 'hkp' && !hasPort ? `${host}:${hkpPort}` : host;
  return `${isSecure ? 'https' : 'http'}://${place}/pks/lookup?op=get&options=mr&search=0x${id.whole}`;
};

const addressOf = (p: Params): string | undefined => {
  if (p.keyserver === undefined) return p.url;
  return lookupAddress(p.keyserver, parseKeyId(p.id ?? ''));
};

const fetched = (p: Params, url: string, { identity }: TaskContext) =>
  fetchedFile(url, identity, { ...plainRequest(url), validateCerts: p.validate_certs });

/** Without an id the source has to say which key is meant. */
const sourceFacts = (p: Params, context: TaskContext): readonly FactKey[] => {
  const url = addressOf(p);
  if (p.state === 'absent' || p.id !== undefined) return [];
  if (p.file !== undefined) return [content(p.file)];
  return url === undefined ? [] : [fetched(p, url, context)];
};

const sourceBytes = (p: Params, facts: Facts, context: TaskContext): AptFile => {
  const url = addressOf(p);
  if (p.data !== undefined) return { path: 'data', bytes: new TextEncoder().encode(p.data) };
  if (url !== undefined) return { path: url, bytes: bytesFetched(facts, fetched(p, url, context), url) };
  const found = facts.get(content(p.file ?? ''));
  if (found === absent || found.bytes === undefined) throw new TaskFailure(`there is no key at ${p.file}`);
  return { path: p.file ?? '', bytes: found.bytes };
};

const trusted = (p: Params, facts: Facts): readonly AptFile[] => {
  if (p.keyring === undefined) {
    const all = facts.get(aptKeyrings);
    return all === absent ? [] : all;
  }
  const found = facts.get(content(p.keyring));
  return found === absent || found.bytes === undefined ? [] : [{ path: p.keyring, bytes: found.bytes }];
};

const allKeys = (files: readonly AptFile[]): readonly OpenpgpKey[] => files.flatMap(keysOf);

/** Replaces one of the keyrings that apt trusts, and says what that leaves. */
const writeKeyring = (p: Params, facts: Facts, context: TaskContext, written: AptFile): readonly Action[] => {
  const { path: at, bytes } = written;
  const place = resolvePlace(facts, at);
  const actions: readonly Action[] =
    bytes.length > 0
      ? installContent(facts, place, { bytes, mode: place.fact === absent ? '0644' : undefined }, context)
      : place.fact === absent
        ? []
        : [removePath(at, place.fact)];
  if (p.keyring !== undefined) return actions;
  const others = trusted(p, facts).filter((one) => one.path !== at);
  const predicted = { key: aptKeyrings, value: bytes.length > 0 ? [...others, written] : others };
  return actions.map((action) => ({ ...action, predicts: [...action.predicts, predicted] }));
};

const addTo = (p: Params, facts: Facts, keys: readonly OpenpgpKey[], source: AptFile): AptFile => {
  const ownName = `/etc/apt/trusted.gpg.d/${keys[0]?.fingerprint ?? ''}.gpg`;
  const at = p.keyring ?? ownName;
  const before = trusted(p, facts).find((one) => one.path === at);
  const kept = before === undefined ? [] : keysOf(before);
  if (!wantsArmor(at)) return { path: at, bytes: keyringOf([...kept, ...keys]) };
  if (kept.length > 0 || !isArmored(source.bytes))
    throw new TaskFailure(`${at}: keys are added to a binary keyring only; give it a name that ends in .gpg`);
  return { path: at, bytes: source.bytes };
};

const resultOf = (written: string, id: KeyId, before: readonly OpenpgpKey[]) => ({
  id: written,
  short_id: id.short,
  fp: id.long,
  key_id: id.whole,
  before: idsIn(before, id),
});

const planPresent = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const before = allKeys(trusted(p, facts));
  if (p.id !== undefined && before.some((key) => hasId(key, parseKeyId(p.id ?? ''))))
    return { actions: [], result: resultOf(p.id, parseKeyId(p.id), before) };
  const source = sourceBytes(p, facts, context);
  const keys = keysOf(source);
  const [first] = keys;
  if (first === undefined) throw new TaskFailure(`${source.path} holds no public key`);
  const written = p.id ?? first.keyId;
  const id = parseKeyId(written);
  if (!keys.some((key) => hasId(key, id)))
    throw new TaskFailure(`${source.path} holds the key ${first.fingerprint}, not ${written}`);
  const result = resultOf(written, id, before);
  const isThere = (key: OpenpgpKey) => before.some(({ fingerprint }) => fingerprint === key.fingerprint);
  if (isThere(first)) return { actions: [], result };
  const missing = keys.filter((key) => !isThere(key));
  const actions = writeKeyring(p, facts, context, addTo(p, facts, missing, source));
  return { actions, result: { ...result, after: idsIn([...before, ...missing], id) } };
};

const planAbsent = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const files = trusted(p, facts);
  const id = parseKeyId(p.id ?? '');
  const isMeant = (key: OpenpgpKey): boolean => hasId(key, id);
  const result = resultOf(p.id ?? '', id, allKeys(files));
  const holding = files.filter((one) => keysOf(one).some(isMeant));
  if (holding.length === 0) return { actions: [], result };
  const left = holding.map((one) => ({ one, kept: keysOf(one).filter((key) => !isMeant(key)) }));
  const mixed = left.find(({ one, kept }) => kept.length > 0 && wantsArmor(one.path));
  if (mixed !== undefined)
    throw new TaskFailure(`${mixed.one.path} holds other keys, too: take ${p.id} out of it by hand`);
  const actions = left.flatMap(({ one, kept }) =>
    writeKeyring(p, facts, context, { path: one.path, bytes: keyringOf(kept) }),
  );
  return {
    actions,
    result: {
      ...result,
      after: idsIn(
        allKeys(files).filter((key) => !isMeant(key)),
        id,
      ),
    },
  };
};

/** Keys that apt trusts for every repository. */
export const aptKey = defineModule({
  name: 'apt_key',
  summary:
    'Adds a key to those that apt trusts for every repository, or takes one away. It needs neither apt-key, which Debian 13 has no more, nor gpg; better is `signed_by` of deb822_repository, which trusts a key for one repository only.',
  examples: `- name: The key of an archive
  apt_key:
    id: 4D64FEC119C2029067D6E791F8D2585B8783D481
    url: https://ftp-master.debian.org/keys/release-12.asc

- name: No longer trusted
  apt_key:
    id: "0xF8D2585B8783D481"
    state: absent
`,
  params,
  facts: (p, context) => [
    ...(p.keyring === undefined
      ? [aptKeyrings, file('/etc/apt/trusted.gpg.d')]
      : [file(p.keyring), content(p.keyring), file(posix.dirname(p.keyring))]),
    ...sourceFacts(p, context),
  ],
  plan: (p, facts, context) =>
    p.state === 'present' ? planPresent(p, facts, context) : planAbsent(p, facts, context),
});
