import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Taken } from './results.ts';

/** Now, here, with this version of syn-deploy and these of others. */
export const takenNow = async (root: string, others: readonly string[] = []): Promise<Taken> => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const [cpu] = cpus();
  return {
    at: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: [`Node.js ${process.versions.node}`, `syn-deploy ${version}`, ...others],
  };
};

/** `Taken 2025-11-24 15:43 UTC on 2 cores (…), 24 GiB; Node.js 20.20.2, syn-deploy 0.1.0.` */
export const renderTaken = ({ at, machine, versions }: Taken): string =>
  `Taken ${at} UTC on ${machine}; ${versions.join(', ')}.`;
