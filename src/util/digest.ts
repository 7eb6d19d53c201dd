import { createHash, getHashes } from 'node:crypto';

/** Hex digest of a text (as UTF-8) by the name of the algorithm (`md5`, `sha1`, `sha512`); undefined for a name nobody knows. */
export const digest = (algorithm: string, text: string): string | undefined =>
  getHashes().includes(algorithm) ? createHash(algorithm).update(text).digest('hex') : undefined;
