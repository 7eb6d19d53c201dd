import { readFile } from 'node:fs/promises';
import type { Client, ParsedKey } from 'ssh2';
import { keyTypeOf } from '../util/ssh-key.ts';
import { expandHome } from './home-path.ts';

/** A user's certificate: who holds the key may log in, says an authority. */
export interface Certificate {
  readonly file: string;
  /** Wire format. */
  readonly bytes: Buffer;
}

const suffix = '-cert-v01@openssh.com';
const rsaAlgorithm = `rsa-sha2-512${suffix}`;

/** Fields of the wire format, each after its length (RFC 4251, 5). */
const stringAt = (bytes: Buffer, at: number): { readonly value: Buffer; readonly end: number } => {
  const start = at + 4;
  const end = start + (start <= bytes.length ? bytes.readUInt32BE(at) : 0);
  return { value: bytes.subarray(start, end), end };
};

const asString = (value: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
};

/** A certificate has the fields of its key behind its type and a nonce. @see OpenSSH, PROTOCOL.certkeys */
const isOf = (certificate: Buffer, publicKey: Buffer): boolean => {
  const type = keyTypeOf(publicKey) ?? '';
  if (keyTypeOf(certificate) !== `${type}${suffix}`) return false;
  const fields = publicKey.subarray(stringAt(publicKey, 0).end);
  const { end } = stringAt(certificate, stringAt(certificate, 0).end);
  return certificate.subarray(end, end + fields.length).equals(fields);
};

/**
 * The certificates of a key among these files.
 *
 * @param publicKey  wire format
 */
export const findCertificates = async (
  files: readonly string[],
  publicKey: Buffer,
): Promise<readonly Certificate[]> => {
  const found: Certificate[] = [];
  for (const file of files) {
    // One that is not there certifies nothing: `FILE-cert.pub` seldom is.
    const text = await readFile(expandHome(file), 'utf8').catch(() => '');
    const bytes = Buffer.from(/^\S+-cert-v01@openssh\.com (\S+)/m.exec(text)?.[1] ?? '', 'base64');
    if (bytes.length > 0 && isOf(bytes, publicKey)) found.push({ file, bytes });
  }
  return found;
};

/** ECDSA: SSH has the two numbers each after its length, OpenSSL has them in a DER sequence, as bytes that are the same. */
const withoutDer = (signature: Buffer): Buffer => {
  const start = signature[1] === 0x81 ? 3 : 2;
  const lengthOfR = signature[start + 1] ?? 0;
  const r = signature.subarray(start + 2, start + 2 + lengthOfR);
  const atS = start + 2 + lengthOfR;
  const s = signature.subarray(atS + 2, atS + 2 + (signature[atS + 1] ?? 0));
  return Buffer.concat([asString(r), asString(s)]);
};

/** The key, as one that shows the certificate instead of its public half. */
export const certifiedKey = (key: ParsedKey, { bytes }: Certificate): ParsedKey => {
  const isRsa = key.type === 'ssh-rsa';
  const sign = (data: Buffer): Buffer | Error => {
    const signature: Buffer | Error = isRsa ? key.sign(data, 'sha512') : key.sign(data);
    const isDer = key.type.startsWith('ecdsa-') && !(signature instanceof Error);
    return isDer ? withoutDer(signature) : signature;
  };
  return Object.create(key, {
    type: { value: isRsa ? rsaAlgorithm : `${key.type}${suffix}` },
    getPublicSSH: { value: () => bytes },
    sign: { value: sign },
  }) as ParsedKey;
};

/**
 * What a signature of a certified key is called: as that of the plain key. ssh2 calls it as the key, which sshd refuses.
 *
 * @param payload  a message
 * @returns undefined: it is none with such a signature
 * @see RFC 4252, 7; OpenSSH, PROTOCOL.certkeys
 */
export const renameSignature = (payload: Buffer): Buffer | undefined => {
  const userauthRequest = 50;
  if (payload[0] !== userauthRequest) return undefined;
  const user = stringAt(payload, 1);
  const service = stringAt(payload, user.end);
  const method = stringAt(payload, service.end);
  if (method.value.toString('latin1') !== 'publickey' || payload[method.end] !== 1) return undefined;
  const algorithm = stringAt(payload, method.end + 1);
  const name = algorithm.value.toString('latin1');
  if (!name.endsWith(suffix)) return undefined;
  const key = stringAt(payload, algorithm.end);
  const whole = stringAt(payload, key.end).value;
  const signature = stringAt(whole, stringAt(whole, 0).end).value;
  const plain = Buffer.from(name.slice(0, -suffix.length));
  const renamed = asString(Buffer.concat([asString(plain), asString(signature)]));
  return Buffer.concat([payload.subarray(0, key.end), renamed]);
};

/** The part of ssh2's client through which each message goes on its way out. */
interface PacketWriter {
  readonly allocStart: number;
  alloc(payloadBytes: number): Buffer;
  finalize(packet: Buffer, force?: boolean): Buffer;
}

/** Lets a client log in with certified keys. */
export const renameSignatures = (client: Client): void => {
  const { _protocol } = client as unknown as { _protocol?: { _packetRW?: { write?: PacketWriter } } };
  const writer = _protocol?._packetRW?.write;
  if (writer === undefined) return;
  const finalize = writer.finalize.bind(writer);
  writer.finalize = (packet, force) => {
    const { allocStart: start } = writer;
    // Before the payload: the packet's length, and that of the padding behind it (RFC 4253, 6).
    const end = start + packet.readUInt32BE(0) - 1 - (packet[4] ?? 0);
    const renamed = start === 5 ? renameSignature(packet.subarray(start, end)) : undefined;
    if (renamed === undefined) return finalize(packet, force);
    const whole = writer.alloc(renamed.length);
    renamed.copy(whole, start);
    return finalize(whole, force);
  };
};
