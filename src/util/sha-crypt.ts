import { createHash } from 'node:crypto';

type Algorithm = 'sha256' | 'sha512';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Which bytes of the digest stand together in the text, by threes; the rest by itself. */
const ordersOf = (algorithm: Algorithm): readonly (readonly number[])[] => {
  const groups = algorithm === 'sha512' ? 21 : 10;
  const length = groups;
  let [a, b, c] = [0, length, 2 * length];
  const orders: number[][] = [];
  for (let group = 0; group < groups; group += 1) {
    orders.push([a, b, c]);
    [a, b, c] = algorithm === 'sha512' ? [b + 1, c + 1, a + 1] : [c + 1, a + 1, b + 1];
  }
  return algorithm === 'sha512' ? [...orders, [63]] : [...orders, [31, 30]];
};

const encode = (digest: Uint8Array, algorithm: Algorithm): string =>
  ordersOf(algorithm)
    .map((order) => {
      let value = order.reduce((sum, at) => (sum << 8) | (digest[at] as number), 0);
      const letters = order.length === 3 ? 4 : order.length + 1;
      let text = '';
      for (let at = 0; at < letters; at += 1) {
        text += alphabet[value & 63];
        value >>>= 6;
      }
      return text;
    })
    .join('');

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const repeated = (digest: Uint8Array, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => digest[at % digest.length] as number);

/**
 * The hash of a password as crypt(3) writes it: `$6$salt$…`.
 *
 * @param rounds  5000 is what is meant where none are written
 * @see https://www.akkadia.org/drepper/SHA-crypt.txt
 */
export const shaCrypt = (password: string, salt: string, algorithm: Algorithm, rounds: number): string => {
  const hash = (...parts: readonly Uint8Array[]): Uint8Array =>
    new Uint8Array(
      createHash(algorithm)
        .update(joined(...parts))
        .digest(),
    );
  const key = new TextEncoder().encode(password);
  const cut = salt.slice(0, 16);
  const grain = new TextEncoder().encode(cut);
  const alternate = hash(key, grain, key);
  const parts = [key, grain, repeated(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>>= 1) parts.push((bits & 1) === 1 ? alternate : key);
  let digest = hash(...parts);
  const p = repeated(hash(...Array.from({ length: key.length }, () => key)), key.length);
  const s = repeated(hash(...Array.from({ length: 16 + (digest[0] as number) }, () => grain)), grain.length);
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1;
    digest = hash(
      odd ? p : digest,
      ...(round % 3 === 0 ? [] : [s]),
      ...(round % 7 === 0 ? [] : [p]),
      odd ? digest : p,
    );
  }
  const prefix = algorithm === 'sha512' ? '$6$' : '$5$';
  const told = rounds === 5000 ? '' : `rounds=${rounds}$`;
  return `${prefix}${told}${cut}$${encode(digest, algorithm)}`;
};
