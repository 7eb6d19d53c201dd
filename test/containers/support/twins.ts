import { diffFingerprints, type Fingerprint, fingerprint } from '../../hosts/fingerprint.ts';
import type { TestHost } from '../../hosts/host.ts';

/** What each tool keeps of its own, what apt and dpkg note of when and in what order, and what services write while they run. */
const ownAffairs = [
  '/var/lib/syn-deploy',
  '/root/.ansible',
  '/home/admin/.ansible',
  '/var/lib/dpkg',
  '/var/lib/apt',
  '/var/cache',
  '/var/log',
  '/var/lib/redis',
  // Python's own, and what goes with it, which Ansible needs on its host.
  '/etc/ld.so.cache',
];

/** What a host is like. */
export interface Look {
  readonly files: Fingerprint;
  readonly packages: readonly string[];
}

/** State, name, version and architecture of every package. */
const packagesOf = async (host: TestHost): Promise<readonly string[]> =>
  (await host.run("dpkg --list | awk 'NR > 5 { print $1, $2, $3, $4 }'")).split('\n');

/** @param except  paths that are left out with all below them */
export const look = async (host: TestHost, except: readonly string[] = []): Promise<Look> => ({
  files: await fingerprint(host, { except: [...ownAffairs, ...except] }),
  packages: await packagesOf(host),
});

/** What a tool made of a host: path → what it is now, `gone` where it was taken away. */
export const filesMade = (before: Look, after: Look): ReadonlyMap<string, string> =>
  new Map(
    diffFingerprints(before.files, after.files).map((line) => {
      const path = line.slice(2, line.indexOf(': '));
      return [path, after.files.get(path) ?? 'gone'];
    }),
  );

/** Packages as they are now and were not before. */
export const packagesMade = (before: Look, after: Look): readonly string[] =>
  after.packages.filter((line) => !before.packages.includes(line));

/** Of all units: whether they are enabled, and whether they run. */
export const unitsOf = async (host: TestHost): Promise<readonly string[]> => {
  const states = await host.run(
    'systemctl list-units --all --plain --no-legend --no-pager --type=service,target,socket,timer',
  );
  const files = await host.run('systemctl list-unit-files --plain --no-legend --no-pager');
  const table = (text: string, columns: number): readonly string[] =>
    text.split('\n').map((line) => line.trim().split(/\s+/).slice(0, columns).join(' '));
  return [...table(states, 4), ...table(files, 2)].sort();
};

/** Lines of the files of accounts, sorted. */
export const accountsOf = async (host: TestHost): Promise<readonly string[]> => {
  const files = ['passwd', 'group', 'shadow', 'gshadow'];
  return await Promise.all(files.map((file) => host.run(`sort /etc/${file}`)));
};
