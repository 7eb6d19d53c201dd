import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const form = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/;

/**
 * Whether a stored verifier of PostgreSQL is that of the password.
 *
 * @param verifier  `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`
 * @returns undefined when it is of another form
 * @see RFC 5803, RFC 7677
 */
export const matchesScramVerifier = (password: string, verifier: string): boolean | undefined => {
  const match = form.exec(verifier);
  if (match === null) return undefined;
  const [, iterations, salt = '', storedKey] = match;
  // NOTE: of SASLprep only the normalization matters for passwords that people have.
  const salted = pbkdf2Sync(
    password.normalize('NFKC'),
    Buffer.from(salt, 'base64'),
    Number(iterations),
    32,
    'sha256',
  );
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  return createHash('sha256').update(clientKey).digest('base64') === storedKey;
};
