import { readFile } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { keyTypeOf } from '../util/ssh-key.ts';
import { expandHome, shortenHome } from './home-path.ts';
import { loadSsh2 } from './load-ssh2.ts';

/** A private key file, read but not yet unlocked. */
export interface KeyFile {
  /** As messages show it. */
  readonly path: string;
  readonly text: string;
  readonly isEncrypted: boolean;
  /** Wire format, where it can be told without the passphrase. */
  readonly publicKey: Buffer | undefined;
}

/** Why a private key file cannot be used. */
export class KeyProblem extends Error {
  override readonly name = 'KeyProblem';
  readonly reason:
    | 'missing'
    | 'unreadable'
    | 'not-a-key'
    | 'security-key'
    | 'no-passphrase'
    | 'wrong-passphrase';
  readonly hint: string | undefined;
  constructor(reason: KeyProblem['reason'], message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.hint = hint;
  }
}

const isPrivate = /PRIVATE KEY-----|^PuTTY-User-Key-File/m;

const magic = Buffer.from('openssh-key-v1\0');

/** The clear part of OpenSSH's own format. @see OpenSSH, PROTOCOL.key */
const readHeader = (text: string): Pick<KeyFile, 'isEncrypted' | 'publicKey'> | undefined => {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  let at = magic.length;
  const field = (): Buffer => {
    if (at + 4 > bytes.length) return Buffer.alloc(0);
    const length = bytes.readUInt32BE(at);
    const value = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  const cipher = field().toString('latin1');
  // Name and options of the key derivation, then the number of keys, which is 1.
  field();
  field();
  at += 4;
  const publicKey = field();
  return { isEncrypted: cipher !== 'none', publicKey: publicKey.length > 0 ? publicKey : undefined };
};

const isEncryptedPem = (text: string): boolean =>
  /^Proc-Type: 4,ENCRYPTED/m.test(text) ||
  text.includes('BEGIN ENCRYPTED PRIVATE KEY') ||
  /^Encryption: (?!none)/m.test(text);

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/**
 * Reads a private key file without unlocking it.
 *
 * @throws KeyProblem when it is missing, unreadable, or no private key
 */
export const readKeyFile = async (file: string): Promise<KeyFile> => {
  const path = shortenHome(expandHome(file));
  let text: string;
  try {
    text = await readFile(expandHome(file), 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new KeyProblem('missing', `there is no private key file ${path}`, undefined, { cause: error });
    const why =
      code === 'EISDIR' ? 'it is a directory' : code === 'EACCES' ? 'permission denied' : String(error);
    throw new KeyProblem('unreadable', `the private key file ${path} cannot be read: ${why}`, undefined, {
      cause: error,
    });
  }
  if (!isPrivate.test(text)) {
    const isPublic = /^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(text);
    const hint = isPublic
      ? `this is the public half; the private key is probably ${path.replace(/\.pub$/, '')}`
      : undefined;
    throw new KeyProblem('not-a-key', `${path} is not a private key`, hint);
  }
  const header = readHeader(text) ?? { isEncrypted: isEncryptedPem(text), publicKey: undefined };
  if (header.publicKey !== undefined && keyTypeOf(header.publicKey)?.startsWith('sk-') === true)
    throw new KeyProblem(
      'security-key',
      `the private key ${path} is one of a security key (FIDO), which cannot be used`,
      'only ssh itself speaks to security keys; log in with an ed25519, ecdsa or rsa key, from a file or an agent',
    );
  return { path, text, ...header };
};

const textOrNothing = (file: string): Promise<string> => readFile(expandHome(file), 'utf8').catch(() => '');

export const isPrivateKeyFile = async (file: string): Promise<boolean> =>
  isPrivate.test(await textOrNothing(file));

/**
 * The public key that a file has or that lies beside it (`FILE.pub`), in wire format.
 *
 * @returns undefined where there is none
 */
export const readPublicKey = async (file: string): Promise<Buffer | undefined> => {
  for (const text of [await textOrNothing(file), await textOrNothing(`${file}.pub`)]) {
    const [, base64] = /^(?:ssh-|ecdsa-|sk-)\S+ (AAAA[A-Za-z0-9+/=]+)/m.exec(text) ?? [];
    if (base64 !== undefined) return Buffer.from(base64, 'base64');
  }
  return undefined;
};

/**
 * Unlocks a private key.
 *
 * @throws KeyProblem when the passphrase is missing or wrong, or the format is none that can be read
 */
export const unlockKey = async (file: KeyFile, passphrase: string | undefined): Promise<ParsedKey> => {
  if (file.isEncrypted && (passphrase === undefined || passphrase === ''))
    throw new KeyProblem(
      'no-passphrase',
      `the private key ${file.path} is encrypted, and no passphrase is given`,
      `load it into an agent (ssh-add ${file.path}), or give ansible_ssh_private_key_passphrase`,
    );
  const { utils } = await loadSsh2();
  const parsed = utils.parseKey(file.text, file.isEncrypted ? passphrase : undefined);
  if (!(parsed instanceof Error) && parsed.isPrivateKey()) return parsed;
  if (file.isEncrypted && !file.text.includes('BEGIN ENCRYPTED PRIVATE KEY'))
    throw new KeyProblem(
      'wrong-passphrase',
      `the passphrase of the private key ${file.path} is wrong`,
      undefined,
      parsed instanceof Error ? { cause: parsed } : {},
    );
  throw new KeyProblem(
    'not-a-key',
    `${file.path} is not a private key of a kind that can be read`,
    `ssh-keygen -p -f ${file.path} rewrites it in OpenSSH's own format`,
    parsed instanceof Error ? { cause: parsed } : {},
  );
};
