import { expect, test } from 'vitest';
import { createFrameReader } from '../../src/shell/frames.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';

const nonce = '0123abcd';

/** Bytes as they might come (of ASCII, since the words of a mark are decoded): marks, halves of marks, separators of nobody, other nonces, and anything else. */
const oddBytes = (next: (below: number) => number): Buffer => {
  const pieces = [
    () => `\x1e${nonce} start ${next(100)}\n`,
    () => `\x1e${nonce} end 1 0\n`,
    () => `\x1e${nonce.slice(0, next(nonce.length))}`,
    () => `\x1e${nonce}`,
    () => `\x1e${nonce} `,
    () => '\x1e',
    () => '\x1effffffff start 1\n',
    () => `${nonce} done\n`,
    () => '\n',
    () => 'x'.repeat(next(next(20) === 0 ? 10_000 : 700)),
    () => String.fromCharCode(...Array.from({ length: next(20) }, () => next(128))),
  ];
  const text = Array.from({ length: next(12) }, () => pieces[next(pieces.length)]?.() ?? '').join('');
  return Buffer.from(text, 'latin1');
};

/** What a reader makes of bytes that come in these pieces: bytes and marks in order, neighbouring bytes together. */
const read = (pieces: readonly Uint8Array[]): readonly (string | readonly string[])[] => {
  const seen: (string | readonly string[])[] = [];
  const reader = createFrameReader(nonce, {
    onBytes(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      const last = seen.at(-1);
      if (typeof last === 'string') seen[seen.length - 1] = last + text;
      else seen.push(text);
    },
    onMark: (words) => seen.push(words),
  });
  for (const piece of pieces) reader.feed(piece);
  reader.end();
  return seen;
};

const inPieces = (bytes: Buffer, next: (below: number) => number): readonly Buffer[] => {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = next(4) === 0 ? 1 : 1 + next(40);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
};

test('whatever comes, in whatever pieces, nothing is lost, doubled or taken for a mark', () => {
  const next = chance(11);
  for (let count = caseCount(10_000); count > 0; count -= 1) {
    const bytes = oddBytes(next);
    const whole = read([bytes]);
    const text = whole
      .map((one) => (typeof one === 'string' ? one : `\x1e${nonce} ${one.join(' ')}\n`))
      .join('');
    expect(Buffer.from(text, 'latin1').equals(bytes), JSON.stringify(bytes.toString('latin1'))).toBe(true);
    expect(read(inPieces(bytes, next))).toEqual(whole);
  }
});
