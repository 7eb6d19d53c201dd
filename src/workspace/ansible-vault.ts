import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** A text that was encrypted with ansible-vault: format 1.1, or 1.2 with the name of its password. */
export interface Vault {
  /** The vault id that it was encrypted with; undefined in format 1.1. */
  readonly label: string | undefined;
  readonly salt: Uint8Array;
  readonly hmac: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** A password of Ansible Vault. */
export interface VaultPassword {
  /** Its vault id; Ansible calls one without a name `default`. */
  readonly label: string;
  readonly password: string;
}

/** What a text would have to be to be read; said to people. */
export class BadVault extends Error {
  override readonly name = 'BadVault';
}

const header = '$ANSIBLE_VAULT;';
const lineLength = 80;

/** What Ansible does; it has no choice of its own either. */
const rounds = 10_000;

export const isVault = (text: string): boolean => text.startsWith(header);

/** The bytes of hexadecimal text. @throws BadVault */
const unhex = (text: string): Buffer => {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text))
    throw new BadVault('what follows the header is not hexadecimal');
  return Buffer.from(text, 'hex');
};

/**
 * @param text  with its header; lines may be indented, as in YAML
 * @throws BadVault
 */
export const parseVault = (text: string): Vault => {
  const [first = '', ...lines] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [, version = '', cipher, label] = first.split(';').map((part) => part.trim());
  if (version !== '1.1' && version !== '1.2')
    throw new BadVault(`its format is "${version}"; 1.1 and 1.2 are read`);
  if (cipher !== 'AES256') throw new BadVault(`its cipher is "${cipher}"; AES256 is read`);
  const parts = unhex(lines.join('')).toString('latin1').split('\n');
  const [salt = '', hmac = '', ciphertext = ''] = parts;
  if (parts.length !== 3 || ciphertext === '') throw new BadVault('it is not whole');
  return {
    label: version === '1.2' && label !== '' ? label : undefined,
    salt: unhex(salt),
    hmac: unhex(hmac),
    ciphertext: unhex(ciphertext),
  };
};

const keysOf = (password: string, salt: Uint8Array) => {
  const derived = pbkdf2Sync(password, salt, rounds, 80, 'sha256');
  return { cipher: derived.subarray(0, 32), hmac: derived.subarray(32, 64), iv: derived.subarray(64) };
};

const hmacOf = (key: Uint8Array, bytes: Uint8Array): Buffer =>
  createHmac('sha256', key).update(bytes).digest();

/** @returns undefined when the password is another one, or somebody has changed the text */
export const decryptVault = (vault: Vault, password: string): Uint8Array | undefined => {
  const keys = keysOf(password, vault.salt);
  const wanted = hmacOf(keys.hmac, vault.ciphertext);
  if (wanted.length !== vault.hmac.length || !timingSafeEqual(wanted, vault.hmac)) return undefined;
  const cipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const padded = Buffer.concat([cipher.update(vault.ciphertext), cipher.final()]);
  // Padded to blocks of 16 bytes as in PKCS #7 (RFC 5652, 6.3).
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const inLines = (text: string): string => text.match(new RegExp(`.{1,${lineLength}}`, 'g'))?.join('\n') ?? '';

/** @param label  the vault id; undefined: format 1.1 */
export const encryptVault = (bytes: Uint8Array, password: string, label?: string): string => {
  const salt = randomBytes(32);
  const keys = keysOf(password, salt);
  const padding = 16 - (bytes.length % 16);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const ciphertext = Buffer.concat([
    cipher.update(bytes),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ]);
  const body = [salt, hmacOf(keys.hmac, ciphertext), ciphertext].map(hex).join('\n');
  const first = label === undefined ? `${header}1.1;AES256` : `${header}1.2;AES256;${label}`;
  return `${first}\n${inLines(hex(Buffer.from(body)))}\n`;
};
