import ssh2 from 'ssh2';

/** An ed25519 key in OpenSSH's formats. */
export interface KeyPair {
  /** the text of a file such as id_ed25519 */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment */
  readonly publicKey: string;
}

/** Makes a new ed25519 key pair without a passphrase. */
export function makeKeyPair(): KeyPair {
  let pair = ssh2.utils.generateKeyPairSync('ed25519');
  // NOTE: ssh2 cuts zero bytes off the start of a public key: one pair in 256 is none that can be read.
  while (ssh2.utils.parseKey(pair.private) instanceof Error) pair = ssh2.utils.generateKeyPairSync('ed25519');
  return { privateKey: pair.private, publicKey: pair.public.trim() };
}
