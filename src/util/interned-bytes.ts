import { sha256 } from './sha256.ts';

const known = new Map<string, WeakRef<Uint8Array>>();
const forgotten = new FinalizationRegistry<string>((hash) => {
  if (known.get(hash)?.deref() === undefined) known.delete(hash);
});

/**
 * The same object for the same bytes, as long as somebody holds it: a file that a thousand hosts have is here once.
 *
 * @param hash  what the bytes are said to hash to; it is checked, since one host must not speak for another
 * @param make  gives the bytes, where they are not here
 */
export const internedBytes = (hash: string, make: () => Uint8Array): Uint8Array => {
  const found = known.get(hash)?.deref();
  if (found !== undefined) return found;
  const bytes = make();
  if (sha256(bytes) !== hash) return bytes;
  known.set(hash, new WeakRef(bytes));
  forgotten.register(bytes, hash);
  return bytes;
};
