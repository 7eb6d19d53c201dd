import { execa } from 'execa';
import { aptInstall, canInstallPackages } from './apt-install.ts';
import { dockerSucceeds } from './docker.ts';
import { note } from './note.ts';

/** The Debian releases that hosts are made of, oldest first. */
export const suites = ['bookworm', 'trixie', 'sid'] as const;
/** One of `suites`. */
export type Suite = (typeof suites)[number];

/** Whether a text, such as an argument, names a suite. */
export function isSuite(text: string): text is Suite {
  return (suites as readonly string[]).includes(text);
}

/**
 * Finds or makes an image of a suite's essential packages.
 *
 * In this order: `debian:SUITE` or our own that is already there; `docker pull debian:SUITE`; as root on Debian,
 * mmdebstrap from the packages' mirror, imported (about 15 s).
 *
 * @returns the image's name
 * @throws Error when all three fail
 */
export async function ensureBaseImage(suite: Suite): Promise<string> {
  const official = `debian:${suite}`;
  const own = `syn-deploy-test-base:${suite}`;
  for (const name of [official, own]) if (await dockerSucceeds(['image', 'inspect', name])) return name;
  const canBootstrap = canInstallPackages();
  // A short limit where there is another way, a long one for a slow line where there is none.
  if (await dockerSucceeds(['pull', '--quiet', official], { timeoutMs: canBootstrap ? 30_000 : 600_000 }))
    return official;
  if (!canBootstrap)
    throw new Error(`cannot pull ${official}, and only root on Debian can make it with mmdebstrap`);
  await aptInstall(['mmdebstrap']);
  note(`${official} cannot be pulled: making ${own} with mmdebstrap`);
  // No mirror is named: mmdebstrap knows Debian's own, and writes them into the image for apt in the host.
  const options = ['--quiet', '--variant=minbase', '--aptopt=Acquire::Check-Valid-Until "false"'];
  const tree = execa('mmdebstrap', [...options, suite, '-'], { stdin: 'ignore', buffer: { stdout: false } });
  await tree.pipe('docker', ['import', '-', own]);
  return own;
}
