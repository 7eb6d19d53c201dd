import { sha1 } from '../../util/sha1.ts';
import { sha256 } from '../../util/sha256.ts';

/** Whether bytes have a checksum in hex: SHA-1 of 40 digits, or SHA-256. */
export const hasChecksum = (bytes: Uint8Array, checksum: string): boolean =>
  (checksum.length === 40 ? sha1 : sha256)(bytes) === checksum.toLowerCase();
