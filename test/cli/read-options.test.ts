import { expect, test } from 'vitest';
import { optionForm, readOptions } from '../../src/cli/read-options.ts';

const forms = [
  '-l, --limit <pattern>',
  '-e, --extra-vars <vars>',
  '-b, --become',
  '-K, --ask-become-pass',
  '--diff',
  '--no-diff',
  '-v, --verbose',
].map(optionForm);

const read = (...args: readonly string[]) => readOptions(args, 'apply', forms);

test('options and words come in any order', () => {
  expect(read('inventory.yaml', '-l', 'web', 'site.yaml', '--become')).toEqual({
    words: ['inventory.yaml', 'site.yaml'],
    rest: [],
    flags: { limit: ['web'], become: true },
  });
});

test('a value stays as it is written', () => {
  expect(read('-l', '007', '--limit=1e3', '--limit', '').flags).toEqual({ limit: ['007', '1e3', ''] });
});

test('the short and the long name of an option are one', () => {
  expect(read('-e', 'a=1', '--extra-vars', 'b=2', '--extra-vars=c=3', '-ed=4').flags).toEqual({
    extraVars: ['a=1', 'b=2', 'c=3', 'd=4'],
  });
});

test('short options may stand together', () => {
  expect(read('-bKl', 'web').flags).toEqual({ become: true, askBecomePass: true, limit: ['web'] });
  expect(read('-b', '-b').flags).toEqual({ become: true });
});

test('verbosity is counted', () => {
  expect(read('-vvv').flags).toEqual({ verbose: [true, true, true] });
  expect(read('-v', '--verbose').flags).toEqual({ verbose: [true, true] });
});

test('of --diff and --no-diff the last one holds', () => {
  expect(read('--diff', '--no-diff').flags).toEqual({ diff: false });
  expect(read('--no-diff', '--diff').flags).toEqual({ diff: true });
});

test('all is a word after --, and so is a dash by itself', () => {
  expect(read('a', '-', '--', '-l', '--x')).toEqual({ words: ['a', '-'], rest: ['-l', '--x'], flags: {} });
});
