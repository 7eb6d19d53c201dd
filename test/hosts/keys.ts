import ssh2 from 'ssh2';

/** An ed25519 key in OpenSSH's formats. */
export interface KeyPair {
  /** the text of a file such as id_ed25519 */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment */
  readonly publicKey: string;
}

/**
 * A pair of any type, in the form of ssh2's own generator.
 *
 * NOTE: ssh2 cuts zero bytes off the start of what it makes: one ed25519 pair in 256 is none that can be read.
 */
export const makeKeys: typeof ssh2.utils.generateKeyPairSync = (type: 'ed25519', options?: object) => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync(type, options);
    const { passphrase } = (options ?? {}) as { readonly passphrase?: string };
    const parsed = [ssh2.utils.parseKey(pair.private, passphrase), ssh2.utils.parseKey(pair.public)];
    if (!parsed.some((key) => key instanceof Error)) return pair;
  }
};

/** Makes a new ed25519 key pair without a passphrase. */
export function makeKeyPair(): KeyPair {
  const pair = makeKeys('ed25519');
  return { privateKey: pair.private, publicKey: pair.public.trim() };
}
