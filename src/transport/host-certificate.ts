import { matchesWildcards } from '../util/matches-wildcards.ts';
import { keyTypeOf } from '../util/ssh-key.ts';
import { WireReader } from '../util/wire-reader.ts';
import { isVerifiable, verifySignature } from './verify-signature.ts';

/** What an authority says of a key. Nothing of it holds before `certificateProblem` has found none. */
export interface HostCertificate {
  /** The certified key, in wire format. */
  readonly key: Buffer;
  readonly serial: bigint;
  /** 1: of a user; 2: of a host. */
  readonly use: number;
  /** What the authority calls it, for its own records. */
  readonly id: string;
  /** Names of hosts; `*` and `?` stand for others. */
  readonly principals: readonly string[];
  /** Seconds since 1970; valid from the one up to, but not in, the other. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  /** Names of what it must not be used without. */
  readonly criticalOptions: readonly string[];
  /** The authority's key, in wire format. */
  readonly authority: Buffer;
  readonly signature: Buffer;
  /** What the signature is of. */
  readonly signed: Buffer;
}

/** What the names of certificates' types and algorithms end in. */
export const certificateSuffix = '-cert-v01@openssh.com';

/** As OpenSSH. */
const mostPrincipals = 256;

/** How many fields a public key of a type has, after the type. */
const fieldCounts: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ssh-rsa', 2],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
]);

const withLength = (value: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
};

/** Options and extensions: name, value, name, value. @throws RangeError */
const namesOfPairs = (section: Buffer): readonly string[] => {
  const all = new WireReader(section).strings();
  if (all.length % 2 !== 0) throw new RangeError('a value is missing');
  return all.filter((_, index) => index % 2 === 0).map((name) => name.toString('utf8'));
};

const parseFields = (bytes: Buffer): HostCertificate | undefined => {
  const fields = new WireReader(bytes);
  const name = fields.string().toString('latin1');
  const type = name.endsWith(certificateSuffix) ? name.slice(0, -certificateSuffix.length) : '';
  const count = fieldCounts.get(type);
  if (count === undefined) return undefined;
  fields.string(); // a nonce
  const keyFields = Array.from({ length: count }, () => fields.string());
  const serial = fields.uint64();
  const use = fields.uint32();
  const id = fields.string().toString('utf8');
  const principals = new WireReader(fields.string()).strings().map((one) => one.toString('utf8'));
  const [validAfter, validBefore] = [fields.uint64(), fields.uint64()];
  const criticalOptions = namesOfPairs(fields.string());
  namesOfPairs(fields.string()); // extensions: what is not known of them is passed over
  fields.string(); // reserved
  const authority = fields.string();
  const signed = bytes.subarray(0, fields.at);
  const signature = fields.string();
  if (!fields.isAtEnd || principals.length > mostPrincipals) return undefined;
  const key = Buffer.concat([Buffer.from(type), ...keyFields].map(withLength));
  const validity = { validAfter, validBefore };
  return { key, serial, use, id, principals, ...validity, criticalOptions, authority, signature, signed };
};

/**
 * Reads a certificate of an Ed25519, ECDSA or RSA key.
 *
 * @param bytes  wire format
 * @returns undefined where it is none, or is malformed
 * @see OpenSSH, PROTOCOL.certkeys
 */
export const parseHostCertificate = (bytes: Buffer): HostCertificate | undefined => {
  try {
    return parseFields(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

/** The last second of the year 9999; what comes after it is no date that is meant. */
const endOfTime = 253_402_300_799n;

const dateOf = (seconds: bigint): string =>
  seconds > endOfTime
    ? 'the end of time'
    : new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');

/**
 * Why a certificate does not show that a host is the one of this name.
 *
 * @param name  of the host, in small letters, without a port
 * @param nowMs  since 1970
 * @returns undefined: it does, for who trusts its authority
 * @see OpenSSH, sshkey_cert_check_host: since 10.3 a certificate without names is one for no host
 */
export const certificateProblem = (
  certificate: HostCertificate,
  name: string,
  nowMs: number,
): string | undefined => {
  const { authority, signature, signed, use, principals, validAfter, validBefore, criticalOptions } =
    certificate;
  const now = BigInt(Math.floor(nowMs / 1000));
  if (!verifySignature(authority, signature, signed)) {
    const type = keyTypeOf(authority) ?? '';
    return isVerifiable(type)
      ? 'its signature is not one of the authority (with SHA-2 where that has an RSA key)'
      : `signatures by keys of the type ${type} are not understood`;
  }
  if (use !== 2) return 'it is not one of a host (ssh-keygen -h)';
  if (now < validAfter) return `it is valid only from ${dateOf(validAfter)} on`;
  if (now >= validBefore) return `it was valid until ${dateOf(validBefore)}`;
  if (principals.length === 0) return 'it names no host (ssh-keygen -n)';
  if (!principals.some((pattern) => matchesWildcards(name, pattern)))
    return `it is one for ${principals.slice(0, 3).join(', ')}${principals.length > 3 ? ', …' : ''}, not for ${name}`;
  const [option] = criticalOptions;
  return option === undefined ? undefined : `its critical option ${option} is not understood`;
};
