import { expect, test } from 'vitest';
import type { BrokenScript } from '../../src/engine/broken-script.ts';
import type { SentAction } from '../../src/engine/exchange.ts';
import { createScriptReader, outputBounds } from '../../src/engine/script-reader.ts';
import { rawSh } from '../../src/shell/sh.ts';
import { caseCount } from '../support/case-count.ts';
import { chance } from '../support/chance.ts';

const nonce = '0123abcd';

const sent = (summary: string): SentAction<null> => ({
  task: null,
  identity: {},
  action: { kind: 'test', summary, changes: [], sh: rawSh(':'), predicts: [] },
});

const open = () => {
  const errors: BrokenScript[] = [];
  let printed = 0;
  const reader = createScriptReader(nonce, {
    actions: [sent('run yes'), sent('run no')],
    kinds: new Set(['package', 'file']),
    listener: {
      ...{ started() {}, ended() {}, observing() {}, locked() {} },
      printed: (_sent, _stream, text) => {
        printed += text.length;
      },
    },
    now: () => new Date(0),
    onRefused: (error) => errors.push(error),
  });
  const say = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): void =>
    reader[stream].feed(Buffer.from(text.replaceAll('␞', `\x1e${nonce} `)));
  return { reader, errors, say, printed: () => printed };
};

test('marks that come as the script makes them are read', () => {
  const { reader, errors, say } = open();
  say('␞start 0\na\n␞end 0 0\n␞start 1\n␞end 1 3\n␞facts package\nx\n␞facts-end package 0\n␞done\n');
  say('␞start 0\n␞end 0 0\n␞start 1\noops␞end 1 3\n␞done\n', 'stderr');
  expect(errors).toEqual([]);
  expect(reader.outcomes.map(({ exitStatus, stdout, stderr }) => [exitStatus, stdout, stderr])).toEqual([
    [0, 'a\n', ''],
    [3, '', 'oops'],
  ]);
  expect([...reader.takeSections()]).toEqual([['package', 'x\n']]);
});

test.each([
  ['an end without a start', '␞end 0 0\n'],
  ['an action that was not sent', '␞start 7\n'],
  ['an action out of turn', '␞start 1\n'],
  ['a number below all', '␞start -1\n'],
  ['no number', '␞start NaN\n'],
  ['nothing in place of a number', '␞start \n'],
  ['a status that is none', '␞start 0\n␞end 0 x\n'],
  ['the end of another', '␞start 0\n␞end 1 0\n'],
  ['an action in an action', '␞start 0\n␞start 1\n'],
  ['an action twice', '␞start 0\n␞end 0 0\n␞start 0\n'],
  ['an end twice', '␞start 0\n␞end 0 0\n␞end 0 0\n'],
  ['facts that nobody asked for', '␞facts __proto__\n'],
  ['facts twice', '␞facts file\n␞facts-end file 0\n␞facts file\n'],
  ['facts in facts', '␞facts file\n␞facts package\n'],
  ['the end of facts without a beginning', '␞facts-end file 0\n'],
  ['two last words', '␞done\n␞done\n'],
  ['a word of nobody', '␞sudo make\n'],
  ['no word', '␞\n'],
])('%s is refused with one message, and nothing is looked at after it', (_name, text) => {
  const { reader, errors, say } = open();
  say(text);
  say('␞start 1\nmore␞facts file\n␞done\n');
  say('␞done\n', 'stderr');
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringContaining('what the host says of the script makes no sense: "'),
  ]);
  expect(reader.isDone()).toBe(false);
});

test('whatever a host says, it is read or refused, once, and nothing is thrown', () => {
  const next = chance(41);
  const words = ['start', 'end', 'facts', 'facts-end', 'done', 'locked', 'free', 'stale', 'constructor', ''];
  const args = [
    '0',
    '1',
    '2',
    '-1',
    '1e9',
    'NaN',
    'package',
    'file',
    '__proto__',
    ' ',
    '0 0',
    '0 999',
    '1 -5',
  ];
  for (let count = caseCount(); count > 0; count -= 1) {
    const { errors, say } = open();
    for (let marks = next(12); marks > 0; marks -= 1)
      say(
        `${'x'.repeat(next(5))}␞${words[next(words.length)]} ${args[next(args.length)]}\n`,
        next(2) === 0 ? 'stdout' : 'stderr',
      );
    expect(errors.length).toBeLessThanOrEqual(1);
  }
});

const mebibyte = 1024 * 1024;
const much = 'y'.repeat(mebibyte);

test('an action that does not stop to print is refused with its name, and no more than its beginning is kept', () => {
  const { errors, say, printed } = open();
  say('␞start 0\n');
  for (let count = 0; count < 80; count += 1) say(much);
  expect(errors.map(({ message }) => message)).toEqual(['"run yes" printed more than 64 MiB, and was ended']);
  expect(printed()).toBeLessThanOrEqual(outputBounds.actions);
});

test('all actions of a script have one bound', () => {
  const { errors, say, reader } = open();
  say('␞start 0\n');
  for (let count = 0; count < 40; count += 1) say(much);
  say('␞end 0 0\n␞start 1\n');
  say('␞start 0\n␞end 0 0\n␞start 1\n', 'stderr');
  for (let count = 0; count < 25; count += 1) say(much, 'stderr');
  expect(errors.map(({ message }) => message)).toEqual(['"run no" printed more than 64 MiB, and was ended']);
  expect(reader.outcomes[0]?.stdout.length).toBe(4 * mebibyte);
});

test('a look that does not stop to print is refused with the kind of its facts', () => {
  const { errors, say } = open();
  say('␞facts file\n');
  for (let count = 0; count < 40; count += 1) say(much);
  say('␞facts-end file 0\n␞facts package\n');
  for (let count = 0; count < 40; count += 1) say(much);
  expect(errors.map(({ message }) => message)).toEqual([
    'the look, at package facts, printed more than 64 MiB, and was ended',
  ]);
});

test('a login shell that does not stop to greet is refused', () => {
  const { errors, say, reader } = open();
  for (let count = 0; count < 10; count += 1) say(much, count % 2 === 0 ? 'stdout' : 'stderr');
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringContaining('the profile of a login shell, printed more than 4 MiB'),
  ]);
  expect(reader.strayText().length).toBeLessThanOrEqual(64 * 1024);
});
