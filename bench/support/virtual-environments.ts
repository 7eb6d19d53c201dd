import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { aptInstall, canInstallPackages } from '../../test/hosts/apt-install.ts';
import { note } from '../../test/hosts/note.ts';

/** The tools we are compared with, from PyPI, current; each in a virtual environment of its own below .cache/. */
const requirements = {
  ansible: ['ansible-core', 'mitogen'],
  pyinfra: ['pyinfra'],
  bundlewrap: ['bundlewrap'],
} as const;

export type Peer = keyof typeof requirements;

/** Installs a tool where it is missing. @returns the folder of its programs */
export const ensurePeer = async (root: string, peer: Peer): Promise<string> => {
  const venv = join(root, '.cache', 'bench', peer);
  const bin = join(venv, 'bin');
  if (existsSync(join(bin, '.complete'))) return bin;
  if (canInstallPackages()) await aptInstall(['python3-venv']);
  note(`installing ${requirements[peer].join(', ')} from PyPI into ${venv}`);
  await execa('python3', ['-m', 'venv', venv]);
  await execa(join(bin, 'pip'), ['install', '--quiet', ...requirements[peer]]);
  await execa('touch', [join(bin, '.complete')]);
  return bin;
};

/** Versions of what a tool consists of, as pip tells them: `ansible-core 2.19.14`, `mitogen 0.3.54`. */
export const versionsOf = async (bin: string, peer: Peer): Promise<readonly string[]> => {
  const { stdout } = await execa(join(bin, 'pip'), ['freeze']);
  const wanted: readonly string[] = requirements[peer];
  const lines = stdout
    .split('\n')
    .filter((line) => wanted.includes(line.split('==')[0]?.toLowerCase() ?? ''));
  return lines.map((line) => line.replace('==', ' '));
};
