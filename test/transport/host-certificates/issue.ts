import type { ParsedKey } from 'ssh2';

export interface Wishes {
  readonly principals?: readonly string[];
  /** 1: of a user; 2: of a host. */
  readonly use?: number;
  readonly validAfter?: bigint;
  readonly validBefore?: bigint;
  readonly criticalOptions?: readonly string[];
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

export const field = (value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
};

/** A certificate of a key, in wire format, by an authority with an Ed25519 key: what ssh-keygen does not make, or not for this key. */
export const issue = (
  authority: ParsedKey,
  key: ParsedKey,
  {
    principals = ['*'],
    use = 2,
    validAfter = 0n,
    validBefore = 2n ** 64n - 1n,
    criticalOptions = [],
  }: Wishes = {},
): Buffer => {
  const publicKey = key.getPublicSSH();
  const typeLength = 4 + publicKey.readUInt32BE(0);
  const body = Buffer.concat([
    field(`${publicKey.toString('latin1', 4, typeLength)}-cert-v01@openssh.com`),
    field('nonce'),
    publicKey.subarray(typeLength),
    long(1n),
    number(use),
    field('id'),
    field(Buffer.concat(principals.map(field))),
    long(validAfter),
    long(validBefore),
    field(Buffer.concat(criticalOptions.flatMap((name) => [field(name), field('')]))),
    field(''),
    field(''),
    field(authority.getPublicSSH()),
  ]);
  const signature = authority.sign(body);
  return Buffer.concat([body, field(Buffer.concat([field('ssh-ed25519'), field(signature)]))]);
};
