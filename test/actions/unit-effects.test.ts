import { expect, test } from 'vitest';
import { unitFileEffects, unitLinkTaints } from '../../src/actions/unit-effects.ts';

test('a file of a unit makes systemd need a daemon-reload, others do not', () => {
  expect(unitFileEffects('/etc/systemd/system/a.service.d/x.conf')).toMatchObject([
    { key: { kind: 'systemd-manager' }, value: { needsReload: true } },
  ]);
  expect(unitFileEffects('/etc/nginx/nginx.conf')).toEqual([]);
  expect(unitLinkTaints('/etc/systemd/system/a.target.wants/b.service')).toContainEqual({ kind: 'unit' });
  expect(unitLinkTaints('/etc/a')).toEqual([]);
});
