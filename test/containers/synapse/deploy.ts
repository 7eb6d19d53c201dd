import { resolve } from 'node:path';
import type { TestHost } from '../../hosts/host.ts';
import { type Deployment, synDeploy } from '../support/syn-deploy.ts';

const playbook = resolve('playbooks/synapse-workers.yaml');

/** Runs `apply` or `check` with the flagship playbook against one host, as a user would. */
export const deploy = (
  mode: 'apply' | 'check',
  host: TestHost,
  vars: Readonly<Record<string, unknown>>,
): Promise<Deployment> => synDeploy(mode, { hosts: [host], group: 'homeservers', playbook, vars });
