import { appendFile, mkdir, open, readFile, stat } from 'node:fs/promises';
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

/** A file's text, or why it cannot be read. */
const readOne = async (file: string): Promise<string | Error> => {
  try {
    return await textOf(file);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

const parseAll = (paths: readonly string[], texts: readonly (string | Error)[]): KnownHosts => {
  const entries: KnownHost[] = [];
  const remarks: string[] = [];
  for (const [index, file] of paths.entries()) {
    const shown = shortenHome(file);
    const text = texts[index] ?? '';
    if (text instanceof Error) {
      remarks.push(`${shown} cannot be read: ${text.message}`);
      continue;
    }
    const parsed = parseKnownHosts(text, shown);
    entries.push(...parsed.entries);
    if (parsed.unreadableLines.length > 0)
      remarks.push(`${shown}:${parsed.unreadableLines[0]} cannot be understood`);
  }
  return { entries, remarks, newKeysFile: paths[0] ?? path.join(homedir(), '.ssh/known_hosts') };
};

/** Changes whenever the file does; taken before it is read, so that a change meanwhile is seen the next time. */
const stampOf = async (file: string): Promise<string> => {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    return String(error);
  }
};

/** What was parsed last, by paths: the hosts of a run mostly have the same files, of a line for each of them. */
const parsedBefore = new Map<string, { readonly stamp: string; readonly known: Promise<KnownHosts> }>();

/**
 * Reads the files; one that is not there is empty, one that cannot be read is a remark (no host is trusted by it). Files
 * that have not changed give the same object.
 */
export const readKnownHosts = async (files: readonly string[]): Promise<KnownHosts> => {
  const paths = files.map((file) => expandHome(file));
  const all = paths.join('\0');
  const stamp = (await Promise.all(paths.map(stampOf))).join('\0');
  const before = parsedBefore.get(all);
  if (before?.stamp === stamp) return await before.known;
  // Kept before it is there: hundreds of hosts ask at once.
  const known = Promise.all(paths.map(readOne)).then((texts) => parseAll(paths, texts));
  parsedBefore.set(all, { stamp, known });
  return await known;
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
