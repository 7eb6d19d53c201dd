import { createHash } from 'node:crypto';
import { WireReader } from './wire-reader.ts';

/** The name of a key's type, which its wire format starts with. Undefined where the bytes are no key. */
export const keyTypeOf = (key: Buffer): string | undefined => {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > 64 || key.length <= 4 + length) return undefined;
  return key.toString('latin1', 4, 4 + length);
};

/** `SHA256:…` as ssh-keygen -l prints it. @param key  wire format */
export const keyFingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** `ED25519`, `ECDSA`, `RSA`: a key type in people's words. */
export const keyTypeLabel = (type: string): string =>
  ['ed25519', 'ecdsa', 'rsa'].find((family) => type.includes(family))?.toUpperCase() ?? type;

const bitsOf = (natural: Buffer): number =>
  natural.length === 0 ? 0 : 8 * (natural.length - 1) + (32 - Math.clz32(natural[0] ?? 0));

/** @throws RangeError where the key is cut off */
const lengthOf = (type: string, key: Buffer): number => {
  if (type !== 'ssh-rsa') return Number(/nistp(\d+)/.exec(type)?.[1] ?? 256);
  const reader = new WireReader(key);
  // The type and the exponent.
  reader.string();
  reader.natural();
  return bitsOf(reader.natural());
};

/**
 * What `ssh-keygen -l` prints of a public key: `3072 SHA256:… comment (RSA)`.
 *
 * @param line  as in a file `.pub`
 * @returns '' for a text that is no key
 */
export const sshFingerprint = (line: string): string => {
  const [type = '', encoded = '', ...comment] = line.trim().split(' ');
  const key = Buffer.from(encoded, 'base64');
  if (keyTypeOf(key) !== type) return '';
  const label = `${keyTypeLabel(type)}${type.startsWith('sk-') ? '-SK' : ''}`;
  try {
    return `${lengthOf(type, key)} ${keyFingerprint(key)} ${comment.join(' ') || 'no comment'} (${label})`;
  } catch (error) {
    if (error instanceof RangeError) return '';
    throw error;
  }
};
