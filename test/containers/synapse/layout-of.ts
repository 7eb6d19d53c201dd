import { synapseRole } from '../../playbooks/synapse-role.ts';
import type { LayoutWorker } from './traffic/serving-process.ts';

/** What one machine says of itself that templates for another want. */
const encoded = { content: '' };
const seen = {
  ...{ secrets_seen: encoded, db_password_seen: encoded, redis_password_seen: encoded },
  ...{ signing_key_seen: encoded, synapse_main_runs: {}, synapse_parsed: {}, synapse_stopped: {} },
};

/**
 * The workers that the flagship makes with these variables.
 *
 * @param host  name of the machine, where there are several: then those of this one
 */
export const layoutOf = (
  vars: Readonly<Record<string, unknown>>,
  host = 'matrix1',
): readonly LayoutWorker[] => {
  const others = {
    matrix1: { synapse_address: '10.0.0.1', ...seen },
    matrix2: { synapse_address: '10.0.0.2', ...seen },
  };
  const { tasks } = synapseRole({ ...vars, ...seen }, { name: host, others });
  return tasks
    .filter(({ name }) => name === 'Worker')
    .map(({ instance }) => {
      const { name, kinds, host: place } = instance.item as LayoutWorker;
      return { name, kinds, ...(place === undefined ? {} : { host: place }) };
    });
};
