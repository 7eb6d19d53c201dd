import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { withLock } from './lock.ts';
import { note } from './note.ts';

/** Whether this process may install Debian packages on its own machine. */
export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/**
 * Installs the packages that are missing on this machine, without what they recommend, and says so. Many may ask at
 * once: one installs, the others wait.
 *
 * @throws ExecaError when apt-get fails; the caller has asked `canInstallPackages` first
 */
export function aptInstall(names: readonly string[]): Promise<void> {
  return withLock('apt', () => installMissing(names));
}

async function installMissing(names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    const { stdout } = await execa('dpkg', ['--status', name], { reject: false });
    if (!stdout.includes('\nStatus: install ok installed\n')) missing.push(name);
  }
  if (missing.length === 0) return;
  note(`installing ${missing.join(', ')} on this machine with apt-get`);
  const options = { stdin: 'ignore', env: { DEBIAN_FRONTEND: 'noninteractive' } } as const;
  // Somebody else's apt-get, a machine's own upgrade among them, is waited for.
  const patient = ['-q', '-o', 'DPkg::Lock::Timeout=600'];
  // An unreachable third-party source on a developer's machine must not stop this: the install says what is missing.
  await execa('apt-get', ['update', ...patient], { ...options, reject: false });
  await execa('apt-get', ['install', ...patient, '-y', '--no-install-recommends', ...missing], options);
}
