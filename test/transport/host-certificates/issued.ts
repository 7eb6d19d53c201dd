import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the real ssh-keygen made (make.sh): authorities and certificates, in wire format. */
const all: ReadonlyMap<string, Buffer> = new Map(
  readFileSync(join(import.meta.dirname, 'issued.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line): [string, Buffer] => {
      const [name = '', , base64 = ''] = line.split(' ');
      return [name, Buffer.from(base64, 'base64')];
    }),
);

export const issued = (name: string): Buffer => {
  const found = all.get(name);
  if (found === undefined) throw new Error(`issued.txt has no ${name}`);
  return Buffer.from(found);
};

/** Certificates that hold for their hosts, with their authorities: all types of keys, all types of signatures. */
export const goodOnes: readonly (readonly [certificate: string, authority: string])[] = [
  ['of-ed25519', 'ca-ed25519'],
  ['of-ecdsa-256', 'ca-ed25519'],
  ['of-ecdsa-384', 'ca-ed25519'],
  ['of-ecdsa-521', 'ca-ed25519'],
  ['of-rsa-2048', 'ca-ed25519'],
  ['by-ecdsa-256', 'ca-ecdsa-256'],
  ['by-ecdsa-384', 'ca-ecdsa-384'],
  ['by-ecdsa-521', 'ca-ecdsa-521'],
  ['by-rsa-sha2-256', 'ca-rsa-2048'],
  ['by-rsa-sha2-512', 'ca-rsa-2048'],
  ['extension', 'ca-ed25519'],
];
