import { expect, test } from 'vitest';
import { startHost } from '../../hosts/host.ts';
import { failuresOf, tasksThat } from '../support/syn-deploy.ts';
import { deploy } from './deploy.ts';
import {
  verifyBackends,
  verifyLogs,
  verifySockets,
  verifyTarget,
  verifyUnits,
} from './verify-target-state.ts';

const vars = { synapse_flavour: 'debian', server_name: 'example.org' };

test("a bare sid becomes a homeserver with Debian's own package", async () => {
  await using host = await startHost({ suite: 'sid', flavour: 'synapse' });

  const refused = await deploy('apply', host, vars);
  expect(refused.exitStatus).toBe(2);
  expect(failuresOf(refused)).toContain('does not find txredisapi');
  expect(await host.run('systemctl is-active matrix-synapse.service || :')).toBe('inactive');

  const applied = await deploy('apply', host, { ...vars, synapse_txredisapi: 'pypi' });
  expect(applied.exitStatus, failuresOf(applied)).toBe(0);
  await verifyUnits(host);
  await verifyTarget(host);
  await verifySockets(host);
  await verifyBackends(host, 'example.org');
  await verifyLogs(host);

  const again = await deploy('apply', host, { ...vars, synapse_txredisapi: 'pypi' });
  expect(tasksThat('changed', again)).toEqual([]);
  expect(again.host).toMatchObject({ status: 'ok', proved: true, execs: 1 });
});
