import { expect, test } from 'vitest';
import { modeOfNumber } from '../../src/engine/mode-of-number.ts';

test.each([
  0o644, 0o755, 0o600, 0o640, 0o700, 0o750, 0o440, 0o400, 0o664, 0o775, 0o777, 0o711, 0o555, 0o550, 0o500,
])('%i is a mode that was written with a leading 0', (bits) => {
  for (const special of [0, 0o1000, 0o2000, 0o4000])
    expect(modeOfNumber(special + bits)).toBe((special + bits).toString(8).padStart(4, '0'));
});

test.each([
  644, 755, 600, 640, 700, 750, 440, 400, 664, 660, 775, 770, 777, 711, 555, 550, 500, 444, 1777, 2755, 2775,
  2770,
])('%i was written without the leading 0', (digits) => {
  expect(modeOfNumber(digits)).toBeUndefined();
});

test.each([-1, 0.5, 0o10000, 899])('%d is no mode', (number) => {
  expect(modeOfNumber(number)).toBeUndefined();
});
