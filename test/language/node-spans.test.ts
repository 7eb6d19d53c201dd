import { expect, test } from 'vitest';
import { isScalar, LineCounter, parseDocument, type Scalar } from 'yaml';
import { NodeSpans } from '../../src/language/node-spans.ts';

/** The node that is all there is in the text, and what its spans cover. */
const read = (text: string) => {
  const document = parseDocument(text, { lineCounter: new LineCounter(), keepSourceTokens: true });
  const node = document.contents as unknown as Scalar;
  const spans = new NodeSpans(text, (start, end) => ({
    ...{ file: 'a.yml', line: 1, column: start + 1, offset: start, length: end - start },
  }));
  const covered = ({ offset, length }: { offset: number; length: number }) =>
    text.slice(offset, offset + length);
  expect(isScalar(node)).toBe(true);
  return { whole: covered(spans.whole(node)), content: covered(spans.content(node)), node, spans, covered };
};

test.each([
  ['a b', 'a b'],
  ['"a b"', 'a b'],
  ["'a b'", 'a b'],
  ['|\n  a b\n', 'a b'],
  // A place in the text would not be a place in the file.
  ['"a\\tb"', '"a\\tb"'],
])('the text of %j begins behind its quote, or on the line after |', (text, content) => {
  expect(read(text).content).toBe(content);
});

test('a tag stands before its node', () => {
  const { spans, node, covered, whole } = read('!vault  secret');
  expect(covered(spans.tag(node, '!vault'))).toBe('!vault');
  expect(whole).toBe('secret');
  expect(covered(spans.tag(node, '!other'))).toBe('secret');
});
