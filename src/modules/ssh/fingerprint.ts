import { base64 } from '../../util/base64.ts';
import { bytesOfBase64 } from '../../util/bytes-of-base64.ts';
import { sha256 } from '../../util/sha256.ts';
import { parseKey } from './authorized-keys.ts';

/** The fields of a key: each has its length in four bytes before it. @see RFC 4253, section 6.6 */
const fieldsOf = (blob: Uint8Array): readonly Uint8Array[] => {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const fields: Uint8Array[] = [];
  for (let at = 0; at + 4 <= blob.length; ) {
    const end = at + 4 + view.getUint32(at);
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
};

/** Of a number in two's complement, whose first byte may be zero. */
const bitLength = (number: Uint8Array): number => {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (number.length - first) * 8 - Math.clz32(number[first] ?? 0) + 24;
};

const sizeOf = (type: string, blob: Uint8Array): number => {
  const [, second, third] = fieldsOf(blob);
  if (type === 'ssh-rsa') return bitLength(third ?? new Uint8Array());
  if (type === 'ssh-dss') return bitLength(second ?? new Uint8Array());
  return Number(/nistp(\d+)/.exec(type)?.[1] ?? 256);
};

const kindOf = (type: string): string => {
  const [, kind = type] = /(rsa|dss|ed25519|ecdsa)/.exec(type) ?? [];
  return `${kind === 'dss' ? 'DSA' : kind.toUpperCase()}${type.startsWith('sk-') ? '-SK' : ''}`;
};

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/**
 * What `ssh-keygen -l` says of a public key: `256 SHA256:… a@b (ED25519)`.
 *
 * @param line  of a file of a public key
 * @param path  of the file, which stands for a comment where there is none
 * @returns undefined for a line that is no key
 */
export const fingerprintOf = (line: string, path: string): string | undefined => {
  const key = parseKey(line);
  if (key === undefined) return undefined;
  const blob = bytesOfBase64(key.blob);
  const digest = base64(bytesOfHex(sha256(blob))).replace(/=+$/, '');
  const comment = key.comment === '' ? path : key.comment;
  return `${sizeOf(key.type, blob)} SHA256:${digest} ${comment} (${kindOf(key.type)})`;
};
