import { expect, test } from 'vitest';
import { Mask, maskText } from '../../src/engine/mask.ts';

const mask = new Mask();
mask.add('hunter22');

test('masks every text in a value, also encoded', () => {
  const value = { a: ['x hunter22', 1], b: { c: btoa('hunter22') }, at: new Date(0), n: null };
  expect(mask.value(value)).toEqual({
    a: [`x ${maskText}`, 1],
    b: { c: expect.stringContaining(maskText) },
    at: new Date(0),
    n: null,
  });
  expect(value.a[0]).toBe('x hunter22');
});

test('what holds no secret is given back as it is, beside what does', () => {
  const clean = { name: 'a task', items: ['b', { c: 'd' }] };
  expect(mask.value(clean)).toBe(clean);
  const [first, second] = mask.value([clean, { name: 'hunter22' }]);
  expect(first).toBe(clean);
  expect(second).toEqual({ name: maskText });
});
