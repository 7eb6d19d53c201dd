import { createHash } from 'node:crypto';

/** MD5 of a text (as UTF-8) or of bytes, 32 hex digits; only for what others keep in this form. */
export const md5 = (data: string | Uint8Array): string => createHash('md5').update(data).digest('hex');
