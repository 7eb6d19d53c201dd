import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { homedir, hostname, networkInterfaces, userInfo } from 'node:os';
import path from 'node:path';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { SshMachine } from '../model/ssh-machine.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { shortenHome } from './home-path.ts';

const refuse = (message: string, hint?: string): DiagnosticError =>
  new DiagnosticError([{ severity: 'error', code: 'ssh-config-unreadable', message, hint }]);

const isNotThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** As ssh: who may write there could have any program run. */
const checkOwner = (file: string): void => {
  const { uid, mode } = statSync(file);
  if ((uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0) return;
  const shown = shortenHome(file);
  throw refuse(
    `others may write ssh's configuration ${shown}; it is not read`,
    `chmod go-w ${shown}, and it must belong to you or root; --ssh-config none reads no configuration`,
  );
};

const readText = (file: string, mustBeOwn: boolean): string | undefined => {
  try {
    if (mustBeOwn) checkOwner(file);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isNotThere(error)) return undefined;
    if (error instanceof DiagnosticError) throw error;
    throw refuse(
      `ssh's configuration ${shortenHome(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    // Not there, no folder, or not ours to read: nothing in it matches, as with glob(3).
    return [];
  }
};

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

const glob = (pattern: string): readonly string[] => {
  let found: readonly string[] = ['/'];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    const hasMagic = /[*?[]/.test(part);
    found = found.flatMap((folder) =>
      hasMagic
        ? namesIn(folder)
            .filter((name) => matchesGlob(name, part) && (!name.startsWith('.') || part.startsWith('.')))
            .map((name) => path.join(folder, name))
        : [path.join(folder, part)],
    );
  }
  return found.filter(exists);
};

/** As addr_match_cidr_list: comma-separated, no negation of all others. */
const isInNetwork = (networks: string): boolean => {
  const list = new BlockList();
  for (const network of networks.split(',')) {
    const [address = '', bits] = network.trim().split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
    } catch {
      // No network: ssh says so and matches nothing.
    }
  }
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address, family }) => list.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4'));
};

const homeOf = (user: string): string | undefined => {
  const lines = readText('/etc/passwd', false)?.split('\n') ?? [];
  return lines.map((line) => line.split(':')).find(([name]) => name === user)?.[5];
};

/** A container may run us as a number that has no account. */
const accountName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
};

/** This machine, as ssh's configuration asks about it. */
export const createSshMachine = (env: Readonly<Record<string, string | undefined>>): SshMachine => {
  const outcomes = new Map<string, boolean>();
  return {
    home: homedir(),
    localUser: accountName(),
    userId: process.getuid?.() ?? 0,
    hostName: hostname(),
    text: readText,
    glob,
    succeeds(command) {
      const shell = env['SHELL'] || '/bin/sh';
      const outcome =
        outcomes.get(command) ?? spawnSync(shell, ['-c', command], { stdio: 'ignore' }).status === 0;
      outcomes.set(command, outcome);
      return outcome;
    },
    isInNetwork,
    env: (name) => env[name],
    homeOf,
  };
};
