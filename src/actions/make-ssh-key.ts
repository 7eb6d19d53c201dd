import { posix } from 'node:path';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { joinSh, sh } from '../shell/sh.ts';
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

/** Makes an SSH key as the account that it is for: in a folder of its own it may lay links wherever it likes. Prints the public key. */
export const makeSshKey = ({ name, path, type, bits, comment, passphrase, replaces }: MakeSshKey): Action => {
  const options = ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', String(bits)]), '-f', path];
  const publicPath = `${path}.pub`;
  const later = unknown(`the SSH key ${path}`);
  return {
    kind: 'make-ssh-key',
    summary: `create the SSH key ${path}`,
    changes: [{ summary: `${replaces ? 'replace' : 'create'} the SSH key ${path} (${type})` }],
    sh: joinSh([
      comment === undefined ? sh`comment="ansible-generated on $(uname -n)"` : sh`comment=${comment}`,
      sh`runuser -u ${name} -- mkdir -p -m 0700 -- ${posix.dirname(path)}`,
      ...(replaces ? [sh`runuser -u ${name} -- rm -f -- ${path} ${publicPath}`] : []),
      passphrase === undefined
        ? sh`runuser -u ${name} -- ssh-keygen ${options} -N '' -C "$comment"`
        : makeWithPassphrase(name, options, passphrase),
      sh`runuser -u ${name} -- cat -- ${publicPath}`,
    ]),
    capture: true,
    predicts: [file(path), file(publicPath), content(publicPath)].map((key) => ({ key, value: later })),
    taints: filesUnder([posix.dirname(path)]),
  };
};
