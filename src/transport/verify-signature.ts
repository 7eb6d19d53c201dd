import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { WireReader } from '../util/wire-reader.ts';

interface Curve {
  /** As JSON Web Keys call it. */
  readonly jwk: string;
  readonly hash: string;
  /** Of one coordinate. */
  readonly sizeBytes: number;
}

const curves: Readonly<Record<string, Curve>> = {
  'ecdsa-sha2-nistp256': { jwk: 'P-256', hash: 'sha256', sizeBytes: 32 },
  'ecdsa-sha2-nistp384': { jwk: 'P-384', hash: 'sha384', sizeBytes: 48 },
  'ecdsa-sha2-nistp521': { jwk: 'P-521', hash: 'sha512', sizeBytes: 66 },
};

/** Signatures by RSA keys; `ssh-rsa` itself, which has SHA-1, is none that is taken. */
const rsaHashes: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/** As ssh: RequiredRSASize. */
const fewestRsaBits = 1024;

const base64url = (bytes: Buffer): string => bytes.toString('base64url');

const padded = (bytes: Buffer, sizeBytes: number): Buffer => {
  if (bytes.length > sizeBytes) throw new RangeError('a number is too long');
  return Buffer.concat([Buffer.alloc(sizeBytes - bytes.length), bytes]);
};

const verifyEd25519 = (key: WireReader, signature: WireReader, data: Buffer): boolean => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(key.string()) };
  const value = signature.string();
  if (!key.isAtEnd || !signature.isAtEnd) return false;
  return verify(null, data, createPublicKey({ format: 'jwk', key: jwk }), value);
};

const ecdsaKey = (key: WireReader, { jwk: crv, sizeBytes }: Curve): KeyObject => {
  const point = key.string();
  // Uncompressed, which is the one form that OpenSSH takes (RFC 5656, 3.1).
  if (point[0] !== 4 || point.length !== 1 + 2 * sizeBytes) throw new RangeError('it is no point');
  const x = base64url(point.subarray(1, 1 + sizeBytes));
  const y = base64url(point.subarray(1 + sizeBytes));
  return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv, x, y } });
};

const verifyEcdsa = (
  type: string,
  curve: Curve,
  key: WireReader,
  signature: WireReader,
  data: Buffer,
): boolean => {
  if (`ecdsa-sha2-${key.string().toString('latin1')}` !== type) return false;
  const publicKey = ecdsaKey(key, curve);
  const numbers = new WireReader(signature.string());
  const value = Buffer.concat([
    padded(numbers.natural(), curve.sizeBytes),
    padded(numbers.natural(), curve.sizeBytes),
  ]);
  if (!key.isAtEnd || !signature.isAtEnd || !numbers.isAtEnd) return false;
  return verify(curve.hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, value);
};

const verifyRsa = (hash: string, key: WireReader, signature: WireReader, data: Buffer): boolean => {
  const [e, n] = [key.natural(), key.natural()];
  const value = signature.string();
  if (!key.isAtEnd || !signature.isAtEnd || n.length * 8 < fewestRsaBits) return false;
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'RSA', e: base64url(e), n: base64url(n) } });
  // Some leave zeros before the number out.
  return verify(hash, data, publicKey, padded(value, n.length));
};

const verifyFields = (publicKey: Buffer, whole: Buffer, data: Buffer): boolean => {
  const [key, signature] = [new WireReader(publicKey), new WireReader(whole)];
  const type = key.string().toString('latin1');
  const algorithm = signature.string().toString('latin1');
  const rsaHash = Object.hasOwn(rsaHashes, algorithm) ? rsaHashes[algorithm] : undefined;
  if (type === 'ssh-rsa') return rsaHash !== undefined && verifyRsa(rsaHash, key, signature, data);
  if (algorithm !== type) return false;
  if (type === 'ssh-ed25519') return verifyEd25519(key, signature, data);
  const curve = Object.hasOwn(curves, type) ? curves[type] : undefined;
  return curve !== undefined && verifyEcdsa(type, curve, key, signature, data);
};

/** Whether signatures of keys of this type are understood. */
export const isVerifiable = (type: string): boolean =>
  type === 'ssh-ed25519' || type === 'ssh-rsa' || Object.hasOwn(curves, type);

/**
 * Whether a signature is that of a key: Ed25519, ECDSA, or RSA with SHA-2. What is malformed is not.
 *
 * @param publicKey  wire format
 * @param signature  wire format: the algorithm's name, and its value
 * @see RFC 8709, RFC 5656, RFC 8332
 */
export const verifySignature = (publicKey: Buffer, signature: Buffer, data: Buffer): boolean => {
  try {
    return verifyFields(publicKey, signature, data);
  } catch {
    // Fields that are cut, and what OpenSSL takes for no key.
    return false;
  }
};
