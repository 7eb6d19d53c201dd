import { expect, test } from 'vitest';
import { freshFile } from '../../src/actions/fresh-file.ts';
import { unitFileAt, unitFileRemoval } from '../../src/actions/prune-unit-file.ts';
import { unknownUnit } from '../../src/facts/units.ts';
import type { Facts } from '../../src/model/fact.ts';

test.each([
  ['/etc/systemd/system/a.service', { unit: 'a.service', dropIn: undefined }],
  ['/etc/systemd/system/w@.service.d/x.conf', { unit: 'w@.service', dropIn: 'x.conf' }],
  ['/etc/systemd/system/a.service.d', undefined],
  ['/etc/systemd/system/m.target.wants/a.service', undefined],
  ['/etc/systemd/system/README', undefined],
  ['/etc/redis/a.service', undefined],
])('knows what %s is for', (path, wanted) => {
  expect(unitFileAt(path)).toEqual(wanted);
});

const path = '/etc/systemd/system/a.service';
const given = (isThere: boolean): Facts => ({
  get: (key) =>
    (key.kind === 'file'
      ? isThere
        ? freshFile('file', {})
        : 'absent'
      : { ...unknownUnit('a'), loadState: 'loaded', fragmentPath: path }) as never,
});

test('a unit is stopped and forgotten before its file goes, and a file that is gone is left', () => {
  const [action] = unitFileRemoval.plan(path, given(true));
  expect(action?.sh.sh).toBe(`systemctl disable --now --quiet -- a.service
rm -f -- ${path}
systemctl daemon-reload
systemctl reset-failed -- a.service 2>/dev/null || :`);
  expect(unitFileRemoval.plan(path, given(false))).toEqual([]);
});
