import { posix } from 'node:path';
import { makeHome } from '../../actions/make-home.ts';
import { makeSshKey } from '../../actions/make-ssh-key.ts';
import type { AccountFact } from '../../facts/accounts.ts';
import { content } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import { sshFingerprint } from '../../util/ssh-key.ts';
import { textAt } from '../files/edit-file.ts';
import { placeOf, resolvePlace } from '../files/resolve-path.ts';
import type { UserParams } from './user-params.ts';

/** Where a home folder is as a rule: looked at beforehand, since that of an account is known only after a look. */
const usualHome = ({ name, home }: UserParams): string =>
  home ?? (name === 'root' ? '/root' : `/home/${name}`);

const keyPath = (p: UserParams, home: string): string =>
  posix.join(
    p.ssh_key_file?.startsWith('/') === true ? '/' : home,
    p.ssh_key_file ?? `.ssh/id_${p.ssh_key_type}`,
  );

/** What has to be known of files, as far as it is known where they are. */
export const filesOfUser = (p: UserParams): readonly FactKey[] => {
  if (p.state === 'absent') return [];
  const key = keyPath(p, usualHome(p));
  return [...(p.generate_ssh_key ? [file(key), file(`${key}.pub`), content(`${key}.pub`)] : [])];
};

/** Debian's way to say that an account has no home. */
const nowhere = '/nonexistent';

/**
 * For an account that is there, whose home is not. Whether it is comes with the account, so that one that is somewhere else than usual
 * costs no second look; a task before may have made or moved it since.
 */
export const planHome = (
  p: UserParams,
  before: AccountFact,
  home: string,
  facts: Facts,
): readonly Action[] => {
  const isNone = !p.create_home || home === '' || posix.join(home, '/') === `${nowhere}/`;
  if (isNone || (before.hasHome !== false && home === before.home)) return [];
  if (resolvePlace(facts, home).fact !== absent) return [];
  const after: AccountFact = { ...before, home, hasHome: true };
  return [makeHome({ name: p.name, after, skeleton: p.skeleton, umask: p.umask })];
};

/** What is registered of a key. */
export const keyResult = (path: string, publicKey: string): Record<string, string> => ({
  ssh_key_file: path,
  ssh_public_key: publicKey.trim(),
  ssh_fingerprint: sshFingerprint(publicKey),
});

/** The account's own SSH key, where one is asked for. */
export interface KeyPlan {
  readonly path: string;
  readonly actions: readonly Action[];
  /** The public half that is there and stays; undefined: it is made. */
  readonly publicKey: string | undefined;
}

/** One line: the type, the key, and perhaps a comment. */
const publicKeyLine = /^[\w@.-]+ [A-Za-z0-9+/]+={0,2}(?: [^\n]*)?\n?$/;

/** What is in the account's folder is the account's to change: a link of its own would show what only root may read. */
const publicKeyAt = ({ name }: UserParams, path: string, facts: Facts): string => {
  const place = placeOf(facts, path);
  if (place.fact === absent || place.fact.type !== 'file') return '';
  const text = place.fact.owner === name ? textAt(facts, place) : undefined;
  return text !== undefined && publicKeyLine.test(text) ? text : '';
};

/** A new account may find a home with a key in it, which stays. */
export const planKey = (p: UserParams, home: string, facts: Facts): KeyPlan | undefined => {
  if (!p.generate_ssh_key) return undefined;
  const path = keyPath(p, home);
  const isThere = facts.get(file(path)) !== absent;
  if (isThere && !p.force) return { path, actions: [], publicKey: publicKeyAt(p, `${path}.pub`, facts) };
  const action = makeSshKey({
    name: p.name,
    path,
    type: p.ssh_key_type,
    bits: p.ssh_key_bits,
    comment: p.ssh_key_comment,
    passphrase: p.ssh_key_passphrase,
    replaces: isThere,
  });
  // A new key at every run is not what a second look can find done.
  return { path, actions: [{ ...action, ...(isThere && { unprovable: true }) }], publicKey: undefined };
};
