import { bytesOfBase64 } from './bytes-of-base64.ts';
import { sha1 } from './sha1.ts';
import { sha256 } from './sha256.ts';

/** A public key in a keyring, with its signatures, names and subkeys. */
export interface OpenpgpKey {
  /** Upper-case hex: 40 digits (version 4), 64 (version 6). */
  readonly fingerprint: string;
  /** Upper-case hex, 16 digits. */
  readonly keyId: string;
  /** Ids of its subkeys. */
  readonly subkeyIds: readonly string[];
  /** All of its packets. */
  readonly bytes: Uint8Array;
}

const armorBlock =
  /-----BEGIN PGP (?:PUBLIC KEY BLOCK|ARMORED FILE)-----\r?\n((?:[^\n]*:[^\n]*\n)*)\s*([A-Za-z0-9+/=\s]*?)-----END PGP/g;

const crc24 = (bytes: Uint8Array): number => {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return crc & 0xffffff;
};

const openBlock = (text: string): Uint8Array => {
  const [, body = '', sum] = /^([\s\S]*?)(?:\n=([A-Za-z0-9+/]{4})\s*)?$/.exec(text.trim()) ?? [];
  const bytes = bytesOfBase64(body);
  if (sum === undefined) return bytes;
  const [a = 0, b = 0, c = 0] = bytesOfBase64(sum);
  if (((a << 16) | (b << 8) | c) !== crc24(bytes))
    throw new Error('the checksum of the armored key is wrong');
  return bytes;
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Whether the bytes are an armored public key. */
export const isArmored = (bytes: Uint8Array): boolean =>
  new TextDecoder('latin1').decode(bytes).includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');

/**
 * A keyring as its packets: armored blocks are opened, anything else is as it is.
 *
 * @throws Error when a block's checksum is wrong, or there is no block where one was begun
 * @see RFC 9580, section 6
 */
export const dearmored = (bytes: Uint8Array): Uint8Array => {
  if (!isArmored(bytes)) return bytes;
  const text = new TextDecoder('latin1').decode(bytes);
  const blocks = [...text.matchAll(armorBlock)].map(([, , body = '']) => openBlock(body));
  if (blocks.length === 0) throw new Error('the armored key has no end, or is no base64');
  return joined(blocks);
};

interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
  readonly whole: Uint8Array;
}

const broken = (): Error => new Error('this is no OpenPGP keyring');

/** Big-endian. */
const number = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Header octets and body length. @throws Error on lengths that key material never has (partial, indeterminate) */
const lengthOf = (bytes: Uint8Array, at: number): { readonly header: number; readonly length: number } => {
  const tag = bytes[at] ?? 0;
  const field = (from: number, size: number): number => number(bytes.subarray(from, from + size));
  if ((tag & 0x40) === 0) {
    if ((tag & 3) === 3) throw broken();
    const size = 1 << (tag & 3);
    return { header: 1 + size, length: field(at + 1, size) };
  }
  const first = bytes[at + 1] ?? 0;
  if (first < 192) return { header: 2, length: first };
  if (first < 224) return { header: 3, length: (first - 192) * 256 + field(at + 2, 1) + 192 };
  if (first !== 255) throw broken();
  return { header: 6, length: field(at + 2, 4) };
};

/** @see RFC 9580, section 4.2 */
function* packets(bytes: Uint8Array): Generator<Packet> {
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    if ((tag & 0x80) === 0) throw broken();
    const { header, length } = lengthOf(bytes, at);
    const end = at + header + length;
    if (end > bytes.length) throw broken();
    const whole = bytes.subarray(at, end);
    yield { tag: tag & 0x40 ? tag & 0x3f : (tag >> 2) & 0xf, body: whole.subarray(header), whole };
    at = end;
  }
}

const octets = (value: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (value / 256 ** (count - 1 - index)) & 0xff);

/** @see RFC 9580, section 5.5.4 */
const namesOf = (body: Uint8Array): { readonly fingerprint: string; readonly keyId: string } => {
  if (body[0] === 6) {
    const hash = sha256(joined([Uint8Array.of(0x9b), octets(body.length, 4), body])).toUpperCase();
    return { fingerprint: hash, keyId: hash.slice(0, 16) };
  }
  if (body[0] !== 4) return { fingerprint: '', keyId: '' };
  const hash = sha1(joined([Uint8Array.of(0x99), octets(body.length, 2), body])).toUpperCase();
  return { fingerprint: hash, keyId: hash.slice(-16) };
};

const publicKey = 6;
const publicSubkey = 14;

/**
 * The public keys of a keyring, binary or armored, in order.
 *
 * @throws Error when it is none
 */
export const openpgpKeys = (keyring: Uint8Array): readonly OpenpgpKey[] => {
  const keys: { fingerprint: string; keyId: string; subkeyIds: string[]; parts: Uint8Array[] }[] = [];
  for (const { tag, body, whole } of packets(dearmored(keyring))) {
    if (tag === publicKey) keys.push({ ...namesOf(body), subkeyIds: [], parts: [] });
    const key = keys.at(-1);
    if (key === undefined) throw new Error('this keyring holds no public key');
    key.parts.push(whole);
    if (tag === publicSubkey) key.subkeyIds.push(namesOf(body).keyId);
  }
  return keys.map(({ parts, ...key }) => ({ ...key, bytes: joined(parts) }));
};
