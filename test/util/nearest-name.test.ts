import { describe, expect, test } from 'vitest';
import { nearestName } from '../../src/util/nearest-name.ts';

describe('the name that was meant', () => {
  test.each([
    ['stat', ['path', 'state', 'src'], 'state'],
    ['moed', ['mode', 'model'], 'mode'],
    ['taks', ['tags', 'tasks'], 'tasks'],
    ['update-cache', ['update_cache'], 'update_cache'],
    ['Restart Redis', ['Restart redis'], 'Restart redis'],
    ['serv', ['service', 'file'], 'service'],
    ['x', ['y', 'name'], undefined],
    ['frobnicate', ['file', 'copy'], undefined],
    ['sys', ['system', 'systemd'], undefined],
    ['', ['a'], undefined],
  ])('%s', (written, known, expected) => {
    expect(nearestName(written, known)).toBe(expected);
  });
});
