import { createHash } from 'node:crypto';

/** Names as ssh-keygen prints them, by the key's own. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^ssh-rsa$/, 'RSA'],
  [/^ssh-ed25519$/, 'ED25519'],
  [/^ssh-dss$/, 'DSA'],
  [/^ecdsa-/, 'ECDSA'],
  [/^sk-ssh-ed25519/, 'ED25519-SK'],
  [/^sk-ecdsa-/, 'ECDSA-SK'],
];

/** The texts that a key is made of, each behind its length. @see RFC 4253, 6.6 */
const partsOf = (blob: Buffer): readonly Buffer[] => {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const end = at + 4 + blob.readUInt32BE(at);
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
};

/** Of a number without its leading zeros. */
const bitsOf = (number: Buffer): number => {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : 8 * (number.length - first - 1) + (32 - Math.clz32(number[first] ?? 0));
};

const lengthOf = (type: string, parts: readonly Buffer[]): number => {
  if (type === 'ssh-rsa') return bitsOf(parts[2] ?? Buffer.alloc(0));
  if (type === 'ssh-dss') return bitsOf(parts[1] ?? Buffer.alloc(0));
  return Number(/nistp(\d+)/.exec(type)?.[1] ?? 256);
};

/**
 * What `ssh-keygen -l` prints of a public key: `3072 SHA256:… comment (RSA)`.
 *
 * @param line  as in a file `.pub`
 * @returns '' for a text that is no key
 */
export const sshFingerprint = (line: string): string => {
  const [type = '', encoded = '', ...comment] = line.trim().split(' ');
  const blob = Buffer.from(encoded, 'base64');
  const parts = partsOf(blob);
  if (type === '' || parts[0]?.toString('latin1') !== type) return '';
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  const name = names.find(([pattern]) => pattern.test(type))?.[1] ?? type;
  return `${lengthOf(type, parts)} SHA256:${digest} ${comment.join(' ') || 'no comment'} (${name})`;
};
