import { expect, test } from 'vitest';
import { numbersIn } from '../../src/actions/accounts.ts';

test.each([
  ['syn:x:1001:1002::/home/syn:/bin/sh\n', [1001, 1002]],
  ['useradd: something: 5:6:\nsyn:x:1001:1002:A, B:/:/bin/sh\n', [1001, 1002]],
  ['syn:x:1003:\n', [1003]],
  ['syn:x:1003:a,b\n', [1003]],
  ['', undefined],
  ['useradd: no entry\n', undefined],
])('%j has the numbers %j', (output, numbers) => {
  expect(numbersIn(output)).toEqual(numbers);
});
