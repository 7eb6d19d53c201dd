import type { TestHost } from './host.ts';
import { shQuote } from './sh-quote.ts';

/** path → `file 0644 root:root 12 SHA256`, `directory 0755 root:root`, `link root:root -> TARGET`, … */
export type Fingerprint = ReadonlyMap<string, string>;

/** What to look at; the defaults take in all that a playbook can leave behind. */
export interface FingerprintOptions {
  /** file systems to walk, each without the others that are mounted in it. Default `['/']`, so without /run */
  readonly roots?: readonly string[];
  /** paths left out with all below them, beside `runningHost` */
  readonly except?: readonly string[];
  /** Adds the time of the last change of each inode, so that even a rewrite with the same bytes shows. Default false */
  readonly times?: boolean;
}

/** What changes on a host by itself and by every login. */
const runningHost = [
  ...['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp'],
  ...[
    '/var/log/journal',
    '/var/log/wtmp',
    '/var/log/btmp',
    '/var/log/lastlog',
    '/var/lib/wtmpdb',
    '/var/lib/lastlog',
  ],
  ...['/var/lib/systemd', '/var/lib/private/systemd'],
];

const kinds: Record<string, string> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  p: 'fifo',
  s: 'socket',
  b: 'block device',
  c: 'character device',
};

/**
 * Reads the whole file system of a host, past ssh: what is there, whose it is, what is in it.
 *
 * A file that goes away while it is read is left out or has no hash; on a quiet host there is none.
 */
export async function fingerprint(host: TestHost, options: FingerprintOptions = {}): Promise<Fingerprint> {
  const { roots = ['/'], except = [], times = false } = options;
  const pruned = [...runningHost, ...except]
    .filter((path) => !roots.includes(path))
    .map((path) => `-path ${shQuote(path)}`)
    .join(' -o ');
  const find = `find ${roots.map(shQuote).join(' ')} -xdev \\( ${pruned} \\) -prune -o`;
  const [inodes, sums] = await Promise.all([
    // Two entries each: KIND MODE OWNER:GROUP SIZE CTIME PATH, then the target of a link or nothing.
    host.exec(`${find} -printf '%y %m %u:%g %s %C@ %p\\0%l\\0'`),
    // SHA256, two spaces, PATH.
    host.exec(`${find} -type f -print0 | xargs -0 -r sha256sum -z`),
  ]);
  if (inodes.stdout === '') throw new Error(`no fingerprint of ${host.name}: ${inodes.stderr}`);
  const hashes = new Map(sums.stdout.split('\0').map((line) => [line.slice(66), line.slice(0, 64)]));
  const entries = inodes.stdout.split('\0');
  const prints = new Map<string, string>();
  for (let i = 0; i + 1 < entries.length; i += 2) {
    const [kind = '', mode = '', owners = '', size = '', changedAt = '', ...rest] = (entries[i] ?? '').split(
      ' ',
    );
    const path = rest.join(' ');
    const words = [kinds[kind] ?? kind, ...(kind === 'l' ? [] : [mode.padStart(4, '0')]), owners];
    if (kind === 'f') words.push(size, hashes.get(path) ?? '(no hash)');
    if (kind === 'l') words.push('->', entries[i + 1] ?? '');
    if (times) words.push(`changed ${changedAt}`);
    prints.set(path, words.join(' '));
  }
  return prints;
}

/**
 * Tells what differs, a line each, sorted by path: `+ PATH: …`, `- PATH: …`, `~ PATH: BEFORE => AFTER`.
 *
 * @returns no lines when nothing changed
 */
export function diffFingerprints(before: Fingerprint, after: Fingerprint): string[] {
  const lines: string[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === is) continue;
    if (was === undefined) lines.push(`+ ${path}: ${is}`);
    else if (is === undefined) lines.push(`- ${path}: ${was}`);
    else lines.push(`~ ${path}: ${was} => ${is}`);
  }
  return lines;
}
