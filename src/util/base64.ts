import { Buffer } from 'node:buffer';

/** Base64 with padding, without line breaks. */
export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
