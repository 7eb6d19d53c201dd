import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { ensurePeer, versionsOf } from './peers.ts';

/** What the figures were taken on and with; no paths, no names. */
export const describeMachine = async (root: string): Promise<string> => {
  const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as { version: string };
  const peers = await Promise.all(
    (['ansible', 'pyinfra', 'bundlewrap'] as const).map(async (peer) =>
      versionsOf(await ensurePeer(root, peer), peer),
    ),
  );
  const [cpu] = cpus();
  return [
    `${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; the hosts are containers on the same machine.`,
    `Node.js ${process.versions.node}; syn-deploy ${version}, ${peers.join(', ')}.`,
    'Each run is a whole process with a login of its own. `npm run bench -- --write` takes the figures anew.',
  ].join('\n');
};
