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
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  return { privateKey: pair.private, publicKey: pair.public.trim() };
}
