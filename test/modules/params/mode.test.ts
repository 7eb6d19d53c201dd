import { describe, expect, test } from 'vitest';
import { mode, resolveMode } from '../../../src/modules/params/mode.ts';

describe('modes', () => {
  /** Wanted modes are what Ansible's file module sets. */
  test.each([
    ['0644', '0777', false, '0644'],
    ['644', '0777', false, '0644'],
    ['4755', '0644', false, '4755'],
    ['u=rw,g=r,o=', '0777', false, '0640'],
    ['u+x', '0644', false, '0744'],
    ['a-w', '0666', false, '0444'],
    ['+w', '0444', false, '0644'],
    ['a+w', '0444', false, '0666'],
    ['u=rwX,go=rX', '0600', false, '0644'],
    ['u=rwX,go=rX', '0600', true, '0755'],
    ['u=rwX,go=rX', '0700', false, '0755'],
    ['g=u', '0640', false, '0660'],
    ['g+s', '0755', true, '2755'],
    ['u=rwxs', '0755', false, '4755'],
    ['o+t', '0777', true, '1777'],
    ['g=', '2775', true, '0705'],
    ['u+w-x', '0544', false, '0644'],
  ])('%s on %s (directory: %s) is %s', (wanted, current, isDirectory, result) => {
    expect(mode().safeParse(wanted).success).toBe(true);
    expect(resolveMode(wanted, current, isDirectory)).toBe(result);
  });

  test.each(['0888', '64', 'u=rw g=r', 'rw-r--r--', 'x=r', '', '00644 '])('%j is no mode', (text) => {
    expect(mode().safeParse(text).success).toBe(false);
  });
});
