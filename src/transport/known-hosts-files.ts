import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { expandHome, shortenHome } from './home-path.ts';
import { judgeHostKey, type KnownHost, parseKnownHosts, renderKnownHost } from './known-hosts.ts';

/** A host key that is to be remembered. */
export interface NewKnownHost {
  readonly address: string;
  readonly port: number;
  /** Wire format. */
  readonly key: Buffer;
}

/** All known_hosts files of a login, read. */
export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  /** Things about the files that explain why a host is not known: unreadable lines, files that cannot be read. */
  readonly remarks: readonly string[];
  /** Where new keys are added: the first file. */
  readonly newKeysFile: string;
}

/** The files that ssh reads when it is told nothing. @see ssh_config(5), UserKnownHostsFile, GlobalKnownHostsFile */
export const defaultKnownHostsFiles = (home = homedir()): readonly string[] => [
  path.join(home, '.ssh/known_hosts'),
  path.join(home, '.ssh/known_hosts2'),
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];

const isNotThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const textOf = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isNotThere(error)) return '';
    throw error;
  }
};

/** Reads the files; one that is not there is empty, one that cannot be read is a remark (no host is trusted by it). */
export const readKnownHosts = async (files: readonly string[]): Promise<KnownHosts> => {
  const entries: KnownHost[] = [];
  const remarks: string[] = [];
  const paths = files.map((file) => expandHome(file));
  for (const file of paths) {
    const shown = shortenHome(file);
    try {
      const parsed = parseKnownHosts(await textOf(file), shown);
      entries.push(...parsed.entries);
      if (parsed.unreadableLines.length > 0)
        remarks.push(`${shown}:${parsed.unreadableLines[0]} cannot be understood`);
    } catch (error) {
      remarks.push(`${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { entries, remarks, newKeysFile: paths[0] ?? path.join(homedir(), '.ssh/known_hosts') };
};

const append = async (file: string, hosts: readonly NewKnownHost[]): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await (await open(file, 'a', 0o600)).close();
  const text = await textOf(file);
  const { entries } = parseKnownHosts(text, file);
  const lines = hosts
    .filter(({ address, port, key }) => judgeHostKey(entries, address, port, key).kind !== 'known')
    .map(({ address, port, key }) => `${renderKnownHost(address, port, key)}\n`);
  if (lines.length === 0) return;
  const newline = text === '' || text.endsWith('\n') ? '' : '\n';
  // NOTE: one write in append mode, so that lines of other processes are neither split nor lost.
  await appendFile(file, newline + [...new Set(lines)].join(''), { mode: 0o600 });
};

const pending = new Map<string, Promise<void>>();

/**
 * Adds keys to a known_hosts file; those that it has already are left out. The file is made 0600 and its folder 0700
 * where they are not there. Calls for one file take turns.
 *
 * @param file  `~/` is the home directory
 * @throws Error of node:fs when the file cannot be written
 */
export const addKnownHosts = async (file: string, hosts: readonly NewKnownHost[]): Promise<void> => {
  const target = expandHome(file);
  const before = pending.get(target) ?? Promise.resolve();
  const added = before.then(() => append(target, hosts));
  // The next in line goes on whatever became of this one; its failure is its caller's.
  pending.set(
    target,
    added.catch(() => undefined),
  );
  await added;
};
