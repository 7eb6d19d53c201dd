import { posix } from 'node:path';
import { makeDirectories } from '../../actions/make-directory.ts';
import { makeSshKey, publicKeyPath } from '../../actions/make-ssh-key.ts';
import type { AccountFact } from '../../facts/accounts.ts';
import { content } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts, type Identity } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { textAt } from '../files/edit-file.ts';
import { isFolder, resolvePlace } from '../files/resolve-path.ts';
import { fingerprintOf } from '../ssh/fingerprint.ts';
import type { UserParams } from './user-params.ts';

const keyPath = (p: UserParams, home: string): string =>
  posix.resolve(home, p.ssh_key_file ?? `.ssh/id_${p.ssh_key_type}`);

/** As it is as a rule: looked at beforehand, since a home folder is known only after a look. */
export const sshKeyFacts = (p: UserParams): readonly FactKey[] => {
  const at = keyPath(p, p.home ?? (p.name === 'root' ? '/root' : `/home/${p.name}`));
  const folder = posix.dirname(at);
  return [at, publicKeyPath(at), folder, posix.dirname(folder)]
    .map((path): FactKey => file(path))
    .concat(content(publicKeyPath(at)));
};

/** What the result says of a key. @param line  the public key; undefined: it is not there, or not readable */
export const sshKeyResult = (path: string, line: string | undefined) => ({
  ssh_public_key: line?.trim() ?? null,
  ssh_fingerprint: line === undefined ? null : (fingerprintOf(line.trim(), publicKeyPath(path)) ?? null),
});

/** What is done about the key of an account, and where it is. */
export interface SshKeyPlan {
  readonly path: string;
  readonly actions: readonly Action[];
  readonly warnings: readonly string[];
  /** The public key that stays; undefined: there is none, or one is made. */
  readonly line: string | undefined;
}

/** The folder is made where only it is missing: what is above it is not the key's affair. */
const planFolder = (
  p: UserParams,
  folder: string,
  after: AccountFact,
  isNew: boolean,
  facts: Facts,
  identity: Identity,
): readonly Action[] => {
  if (folder === after.home && isNew) return [];
  if (isFolder(facts, folder)) return [];
  const parent = posix.dirname(folder);
  const comesWithAccount = isNew && p.create_home && parent === after.home;
  if (!comesWithAccount && !isFolder(facts, parent))
    throw new TaskFailure(`there is no folder ${parent}, so that no SSH key can be made in ${folder}`);
  return [makeDirectories([folder], { owner: p.name, group: after.group, mode: '0700' }, identity)];
};

/**
 * The key of an account that will be there.
 *
 * @param before  absent: the account is made by this task. Its home may be there all the same, with a key
 * @param after  the account as the task leaves it
 */
export const planSshKey = (
  p: UserParams,
  facts: Facts,
  before: AccountFact | 'absent',
  after: AccountFact,
  identity: Identity,
): SshKeyPlan => {
  const path = keyPath(p, after.home);
  const movesHome = before !== absent && p.move_home && before.home !== after.home;
  const seen = movesHome ? keyPath(p, before.home) : path;
  const exists = [seen, publicKeyPath(seen)].some((each) => resolvePlace(facts, each).fact !== absent);
  if (exists && !p.force)
    return {
      path,
      actions: [],
      warnings: [],
      line: textAt(facts, resolvePlace(facts, publicKeyPath(seen))),
    };
  const key = makeSshKey({
    path,
    owner: p.name,
    type: p.ssh_key_type,
    bits: p.ssh_key_bits,
    comment: p.ssh_key_comment,
    passphrase: p.ssh_key_passphrase,
    replace: p.force,
  });
  return {
    path,
    actions: [
      ...(movesHome ? [] : planFolder(p, posix.dirname(path), after, before === absent, facts, identity)),
      key,
    ],
    warnings: exists ? [`the SSH key ${path} is replaced by another one in every run, as force says`] : [],
    line: undefined,
  };
};
