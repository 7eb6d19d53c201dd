import { gzipSync } from 'node:zlib';
import { memoizeByObject } from './memoize-by-object.ts';

/** The bytes as gzip(1) packs them. The same bytes for a thousand hosts are packed once. */
export const gzipped = memoizeByObject((bytes: Uint8Array): Uint8Array => gzipSync(bytes));
