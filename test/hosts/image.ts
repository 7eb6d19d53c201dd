import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBaseImage, type Suite } from './base-image.ts';
import { copyMachineCertificates } from './certificates.ts';
import { docker, dockerSucceeds } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { withLock } from './lock.ts';
import { note } from './note.ts';

/**
 * What a host has on it when it starts:
 * - `bare`: a user's fresh Debian: systemd, sshd, sudo; no Python, no package lists.
 * - `synapse`: bare, with what the Synapse playbook installs in the caches of apt and pip, so that the real
 *   installation runs without downloads.
 * - `synapse-installed`: all of it installed and left as the packages leave it.
 * - `browser`: bare, with Chromium and xmllint, which look at reports, and Node.js.
 * - `python`: bare, with what Ansible needs on a host, and with package lists.
 * - `bench`: synapse, with the packages of the benchmark's work (Redis, nginx) and Python installed, nothing configured.
 */
export type Flavour = 'bare' | 'python' | 'synapse' | 'synapse-installed' | 'bench' | 'browser';

const builtOn: Record<Flavour, Flavour | undefined> = {
  bare: undefined,
  python: 'bare',
  synapse: 'bare',
  'synapse-installed': 'synapse',
  bench: 'synapse',
  browser: 'bare',
};

/** Whether a text, such as an argument, names a flavour. */
export function isFlavour(text: string): text is Flavour {
  return Object.hasOwn(builtOn, text);
}

const recipes = join(import.meta.dirname, 'recipes');

/**
 * Finds the image of a suite and flavour, or builds it from `recipes/FLAVOUR.Dockerfile` and what that one is built on.
 *
 * The tag carries a hash of the recipes, so that a changed recipe is a new image. Safe in many processes at once:
 * one builds, the others wait.
 *
 * @returns the image's name, such as `syn-deploy-test:trixie-bare-0123456789ab`
 */
export async function ensureImage(suite: Suite, flavour: Flavour): Promise<string> {
  await ensureEngine();
  const name = `syn-deploy-test:${suite}-${flavour}-${await recipeHash(flavour)}`;
  if (await dockerSucceeds(['image', 'inspect', name])) return name;
  const parent = builtOn[flavour];
  const base = parent && (await ensureImage(suite, parent));
  await withLock(`image-${suite}-${flavour}`, async () => {
    if (await dockerSucceeds(['image', 'inspect', name])) return;
    const startedAt = Date.now();
    note(`building the image ${name}`);
    await build(name, suite, flavour, base ?? (await ensureBaseImage(suite)));
    note(`built ${name} in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  });
  return name;
}

async function build(name: string, suite: Suite, flavour: Flavour, base: string): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'syn-deploy-image-'));
  try {
    await cp(recipes, context, { recursive: true });
    await copyMachineCertificates(join(context, 'certificates'));
    const file = join(context, `${flavour}.Dockerfile`);
    await docker([
      'build',
      '--tag',
      name,
      '--file',
      file,
      '--build-arg',
      `BASE=${base}`,
      '--build-arg',
      `SUITE=${suite}`,
      context,
    ]);
  } finally {
    await rm(context, { recursive: true });
  }
}

async function recipeHash(flavour: Flavour): Promise<string> {
  const hash = createHash('sha256');
  for (let part: Flavour | undefined = flavour; part; part = builtOn[part]) {
    hash.update(await readFile(join(recipes, `${part}.Dockerfile`)));
  }
  return hash.digest('hex').slice(0, 12);
}
