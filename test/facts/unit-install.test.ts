import { describe, expect, test } from 'vitest';
import { isUnitFilePath, unseenDropIns, wantedLinksOf } from '../../src/facts/unit-install.ts';

const links = (...texts: string[]) =>
  wantedLinksOf(
    'a.service',
    texts.map((text) => text.split('\n')),
  );

describe('the links that [Install] asks for', () => {
  test('add up over the unit file and its drop-ins', () => {
    expect(links('[Install]\nWantedBy=x.target y.target', '[Install]\nRequiredBy = z.target ')).toEqual([
      'x.target.wants/a.service',
      'y.target.wants/a.service',
      'z.target.requires/a.service',
    ]);
  });

  test('start anew after an empty value', () => {
    expect(links('[Install]\nWantedBy=x.target', '[Install]\nWantedBy=\nWantedBy=y.target')).toEqual([
      'y.target.wants/a.service',
    ]);
  });

  test('come from that section only', () => {
    expect(links('[Install]\n[X-Other]\nWantedBy=x.target')).toEqual([]);
  });

  test.each(['%i.target', 'x@.target', 'x.target \\'])('can not be told from %s', (value) => {
    expect(links(`[Install]\nWantedBy=${value}`)).toBeUndefined();
  });
});

describe('drop-ins that systemd has not read', () => {
  test('are those of the unit and of its template whose names it does not list', () => {
    const there = [
      '/etc/systemd/system/w@.service.d/a.conf',
      '/etc/systemd/system/w@1.service.d/b.conf',
      '/etc/systemd/system/other.service.d/c.conf',
    ];
    expect(unseenDropIns('w@1.service', ['/run/systemd/system/w@.service.d/a.conf'], there)).toEqual([
      '/etc/systemd/system/w@1.service.d/b.conf',
    ]);
  });
});

test('unit files are those below a directory of systemd', () => {
  expect(isUnitFilePath('/etc/systemd/system/a.service.d/b.conf')).toBe(true);
  expect(isUnitFilePath('/etc/systemd/system')).toBe(false);
  expect(isUnitFilePath('/etc/systemd/system.conf')).toBe(false);
});
