import { expect, test } from 'vitest';
import { compareDebianVersions } from '../../src/util/compare-debian-versions.ts';

// What `dpkg --compare-versions` of Debian 12 says of each pair.
test.each([
  ['1.0', '=', '1.0-0'],
  ['1.0~rc1', '<', '1.0'],
  ['1:0.1', '>', '2.0'],
  ['1.10', '>', '1.9'],
  ['1.0a', '<', '1.0+'],
  ['5:7.0.15-1~deb12u7', '<', '5:7.0.15-1'],
  ['1.2-1', '<', '1.2-1+b1'],
  ['2.36-9+deb12u14', '>', '2.36-9+deb12u4'],
  ['0', '=', '0'],
  ['1.0-1', '<', '1.0-1.1'],
  ['1.007', '=', '1.7'],
  ['1.0-1-1', '>', '1.0-1'],
])('%s %s %s', (first, relation, second) => {
  const sign = { '<': -1, '=': 0, '>': 1 }[relation];
  expect(Math.sign(compareDebianVersions(first, second))).toBe(sign);
  expect(Math.sign(compareDebianVersions(second, first)) + (sign ?? 0)).toBe(0);
});
