import { posix } from 'node:path';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { joinSh, quote, sh } from '../shell/sh.ts';
import { filesUnder } from './accounts.ts';

export interface MakeSshKey {
  /** Of the account. */
  readonly name: string;
  /** Of the secret half; the public one is beside it, with `.pub`. */
  readonly path: string;
  /** As ssh-keygen calls it: `rsa`. */
  readonly type: string;
  readonly bits?: number | undefined;
  /** Default: `ansible-generated on` and the name of the host. */
  readonly comment?: string | undefined;
  readonly passphrase?: string | undefined;
  /** A key is there, and is to go. */
  readonly replaces: boolean;
}

/**
 * A passphrase goes in on standard input, since arguments are in every list of processes: ssh-keygen asks there, twice, where there is
 * neither a terminal (setsid) nor a program that asks.
 */
const makeWithPassphrase = (name: string, options: readonly string[], passphrase: string): Sh =>
  sh`printf '%s\n%s\n' ${passphrase} ${passphrase} |
  SSH_ASKPASS_REQUIRE=never setsid -w runuser -u ${name} -- ssh-keygen ${options} -C "$comment"`;

/** A key that came since it was looked at is nobody's to lose. */
const refuseExisting = (path: string): Sh => sh`if [ -e ${path} ] || [ -L ${path} ]; then
  echo ${`a key has come to ${path} since it was looked at; nothing was written`} >&2
  exit 1
fi`;

/**
 * Makes an SSH key as the account that it is for: in a folder of its own it may lay links wherever it likes. It is made beside its place, so
 * that one that is to go stays until the new one is whole. Prints the public key.
 */
export const makeSshKey = ({ name, path, type, bits, comment, passphrase, replaces }: MakeSshKey): Action => {
  const fresh = `${path}.syn-new`;
  const as = ['runuser', '-u', name, '--'];
  const options = ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', String(bits)]), '-f', fresh];
  const publicPath = `${path}.pub`;
  const later = unknown(`the SSH key ${path}`);
  return {
    kind: 'make-ssh-key',
    summary: `create the SSH key ${path}`,
    changes: [{ summary: `${replaces ? 'replace' : 'create'} the SSH key ${path} (${type})` }],
    sh: joinSh([
      comment === undefined ? sh`comment="ansible-generated on $(uname -n)"` : sh`comment=${comment}`,
      sh`${as} mkdir -p -m 0700 -- ${posix.dirname(path)}`,
      ...(replaces ? [] : [refuseExisting(path)]),
      sh`trap ${`runuser -u ${quote(name)} -- rm -f -- ${quote(fresh)} ${quote(`${fresh}.pub`)}`} EXIT
trap 'exit 1' HUP INT TERM
${as} rm -f -- ${fresh} ${fresh}.pub`,
      passphrase === undefined
        ? sh`${as} ssh-keygen ${options} -N '' -C "$comment"`
        : makeWithPassphrase(name, options, passphrase),
      sh`${as} mv -f -T -- ${fresh}.pub ${publicPath}
${as} mv -f -T -- ${fresh} ${path}
${as} cat -- ${publicPath}`,
    ]),
    capture: true,
    predicts: [file(path), file(publicPath), content(publicPath)].map((key) => ({ key, value: later })),
    taints: filesUnder([posix.dirname(path)]),
  };
};
