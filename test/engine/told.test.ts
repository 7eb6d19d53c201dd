import { expect, test } from 'vitest';
import { groupByName, nothingTold, toldByOther } from '../../src/engine/told.ts';
import { isUnknown, unknown } from '../../src/model/unknown.ts';

test('what is not known waits for its task on the host that it is of, however deep it lies', () => {
  const value = { list: [1, unknown('"Look"')], known: 'a' };
  const told = toldByOther({ ...nothingTold, values: [{ name: 'seen', at: [0, 1], value }] }, 'web1');
  const [one] = told.values;
  expect(one?.value).toEqual({ list: [1, unknown('"Look" on web1')], known: 'a' });
});

test('so does what a task that runs once has set; what is known stays the same object', () => {
  const known = { port: 80 };
  const once = { set: { later: unknown('"Look"'), known }, registered: {}, failed: undefined };
  const told = toldByOther({ ...nothingTold, once: new Map([['id', once]]) }, 'web1');
  const set = told.once.get('id')?.set ?? {};
  expect(isUnknown(set['later'])).toBe(true);
  expect(set['later']).toEqual(unknown('"Look" on web1'));
  expect(set['known']).toBe(known);
});

test('values of a name keep the order in which they were set', () => {
  const set = ['a', 'b', 'a'].map((name, value) => ({ name, at: [value], value }));
  const groups = groupByName(set);
  expect([...groups.keys()]).toEqual(['a', 'b']);
  expect(groups.get('a')?.map(({ value }) => value)).toEqual([0, 2]);
});
