/**
 * A short name for a text, the same every time: FNV-1a, 32 bits, 8 hexadecimal digits. For telling things apart, not for
 * secrets.
 *
 * @see RFC draft-eastlake-fnv, section 2
 */
export const shortHash = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
};
