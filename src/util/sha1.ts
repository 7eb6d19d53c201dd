const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

const padded = (bytes: Uint8Array): DataView => {
  const view = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) << 6));
  new Uint8Array(view.buffer).set(bytes);
  view.setUint8(bytes.length, 0x80);
  view.setUint32(view.byteLength - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(view.byteLength - 4, (bytes.length << 3) >>> 0);
  return view;
};

const mix = (round: number, b: number, c: number, d: number): number => {
  if (round < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0;
  if (round < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0;
  if (round < 60) return (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc) | 0;
  return ((b ^ c ^ d) + 0xca62c1d6) | 0;
};

const before = (words: Int32Array, at: number): number =>
  (words[at - 3] as number) ^
  (words[at - 8] as number) ^
  (words[at - 14] as number) ^
  (words[at - 16] as number);

/** SHA-1 in lower-case hex: for comparing with checksums that others wrote, never for safety. @see FIPS 180-4 */
export const sha1 = (bytes: Uint8Array): string => {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Int32Array(80);
  const view = padded(bytes);
  for (let offset = 0; offset < view.byteLength; offset += 64) {
    for (let at = 0; at < 80; at += 1) {
      words[at] = at < 16 ? view.getInt32(offset + at * 4) : rotate(before(words, at), 1);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let at = 0; at < 80; at += 1) {
      const next = (rotate(a, 5) + mix(at, b, c, d) + e + (words[at] as number)) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    for (const [at, value] of [a, b, c, d, e].entries()) state[at] = (state[at] as number) + value;
  }
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('');
};
