import { posix } from 'node:path';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, quote, rawSh, sh } from '../shell/sh.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';

/** A key pair that an account is to have. */
export interface SshKey {
  /** Of the private key; the public one is beside it. */
  readonly path: string;
  /** Whose files they are. */
  readonly owner: string;
  readonly type: string;
  /** undefined: what ssh-keygen takes by itself. */
  readonly bits: number | undefined;
  /** undefined: one that names the host. */
  readonly comment: string | undefined;
  readonly passphrase: string | undefined;
  /** In place of a key that is there, every time. */
  readonly replace: boolean;
}

/** The file of the public key. */
export const publicKeyPath = (path: string): string => `${path}.pub`;

/**
 * ssh-keygen takes a passphrase as an argument, which would show in a list of processes, or from a program that it starts. Where it cannot
 * start that one (a /tmp that is mounted noexec) it takes none and goes on, so the key is tried without.
 */
const generateLocked = (
  words: readonly Sh[],
  passphrase: string,
): Sh => sh`printf '%s\n' '#!/bin/sh' ${`printf '%s\\n' ${quote(passphrase)}`} >"$d/ask"
chmod 0700 -- "$d/ask"
SSH_ASKPASS="$d/ask" SSH_ASKPASS_REQUIRE=force DISPLAY=none ssh-keygen ${joinSh(words, ' ')}
if ssh-keygen -y -P '' -f "$d/key" >/dev/null 2>&1; then
  echo 'ssh-keygen did not take the passphrase; no key was made' >&2
  exit 1
fi`;

const generate = ({ type, bits, comment, passphrase }: SshKey): Sh => {
  const words = [
    sh`-q -t ${type}`,
    ...(bits === undefined || bits === 0 ? [] : [sh`-b ${bits}`]),
    comment === undefined ? rawSh('-C "ansible-generated on $(uname -n)"') : sh`-C ${comment}`,
    rawSh('-f "$d/key"'),
  ];
  return passphrase === undefined || passphrase === ''
    ? sh`ssh-keygen ${joinSh(words, ' ')} -N ''`
    : generateLocked(words, passphrase);
};

const refuseExisting = ({
  path,
}: SshKey): Sh => sh`for f in ${nameIn(path)} ${nameIn(publicKeyPath(path))}; do
  [ ! -e "$f" ] || {
    echo ${`a key has come to ${path} since it was looked at; nothing was written`} >&2
    exit 1
  }
done`;

/**
 * Makes a key pair, and prints the public key. It is made in a folder of nobody else's: ssh-keygen follows links, and what is in the
 * account's own folder is the account's to change.
 */
export const makeSshKey = (key: SshKey): Action => {
  const { path, owner, type, replace } = key;
  const paths = [path, publicKeyPath(path)];
  const later = unknown(`the key ${path}`);
  return {
    kind: 'make-ssh-key',
    summary: `make the key ${path}`,
    changes: [{ summary: `create ${path} and ${posix.basename(path)}.pub (SSH key, ${type})` }],
    sh: joinSh([
      enterFolderOf(path),
      ...(replace ? [] : [refuseExisting(key)]),
      sh`command -v ssh-keygen >/dev/null || {
  echo 'there is no ssh-keygen here; a task with apt: name=openssh-client brings it' >&2
  exit 1
}
d=$(mktemp -d)
trap 'rm -rf -- "$d"' EXIT
trap 'exit 1' HUP INT TERM`,
      generate(key),
      sh`chown -- ${`${owner}:`} "$d/key" "$d/key.pub"
mv -f -T -- "$d/key" ${nameIn(path)}
cp -p -T --remove-destination -- "$d/key.pub" ${nameIn(publicKeyPath(path))}
cat -- "$d/key.pub"`,
    ]),
    capture: true,
    predicts: paths.flatMap((each) => [
      { key: file(each), value: later },
      { key: content(each), value: later },
    ]),
    revises: folderChanges(path),
    taints: paths.flatMap(taintsOfFile),
    ...(replace && { unprovable: true }),
  };
};
