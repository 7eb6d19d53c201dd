import { expect, it } from 'vitest';
import { freshFile } from '../../src/actions/fresh-file.ts';
import { writeFile } from '../../src/actions/write-file.ts';
import { factName, Overlay } from '../../src/engine/overlay.ts';
import { file, justWritten } from '../../src/facts/files.ts';
import { absent } from '../../src/model/fact.ts';

const folder = file('/etc/app');
const other = file('/etc/other');
const seen = { ...freshFile('directory', {}), mtime: 1000 };
const observed = new Map<string, object>([
  [factName(folder), seen],
  [factName(other), seen],
]);

const write = writeFile({
  path: '/etc/app/conf',
  bytes: new TextEncoder().encode('x'),
  current: absent,
  before: absent,
  identity: {},
});

it('makes a folder newer by what is written into it, and no other, and does not have it looked at again', () => {
  const overlay = new Overlay(observed, { blockOnTaint: true });
  overlay.apply(write, 'a task');
  const facts = overlay.factsFor(() => {});
  expect(facts.get(folder)).toEqual({ ...seen, mtime: justWritten });
  expect(facts.get(other)).toEqual(seen);
});

it('predicts nothing of a folder that nobody has looked at', () => {
  const overlay = new Overlay(new Map(), { blockOnTaint: true });
  overlay.apply(write, 'a task');
  expect(overlay.peek(folder)).toBeUndefined();
});
