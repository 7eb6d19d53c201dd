import { createHmac, timingSafeEqual } from 'node:crypto';
import { matchesPatternList } from '../util/matches-wildcards.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { keyTypeOf } from '../util/ssh-key.ts';

/** One line of a known_hosts file that names a key. */
export interface KnownHost {
  /** Path of the file as messages show it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly marker: 'cert-authority' | 'revoked' | undefined;
  /** The first field: a comma list of patterns, or one hashed name. */
  readonly names: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … */
  readonly type: string;
  /** The key in the wire format of RFC 4253, 6.6. */
  readonly key: Buffer;
}

/** What a known_hosts file says, and its lines that say nothing that can be understood. */
export interface KnownHostsText {
  readonly entries: readonly KnownHost[];
  /** Numbers from 1 of lines that are neither empty, nor a comment, nor an entry. */
  readonly unreadableLines: readonly number[];
}

/** What the known entries say of a key that a host showed. */
export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly entry: KnownHost }
  /** The host's key is not named by any line. */
  | { readonly kind: 'unknown' }
  /** The host is named, with other keys. */
  | { readonly kind: 'changed'; readonly entries: readonly KnownHost[] }
  | { readonly kind: 'revoked'; readonly entry: KnownHost };

const parseLine = (text: string): Pick<KnownHost, 'marker' | 'names' | 'type' | 'key'> | undefined => {
  const fields = text.trim().split(/[ \t]+/);
  const marked = fields[0]?.startsWith('@') === true ? fields.shift() : undefined;
  if (marked !== undefined && marked !== '@cert-authority' && marked !== '@revoked') return undefined;
  const [names, type, base64] = fields;
  if (names === undefined || type === undefined || base64 === undefined) return undefined;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = Buffer.from(base64, 'base64');
  if (keyTypeOf(key) !== type) return undefined;
  const marker = marked === undefined ? undefined : marked === '@revoked' ? 'revoked' : 'cert-authority';
  return { marker, names, type, key };
};

/**
 * Reads a known_hosts file.
 *
 * @param file  its path, for messages
 * @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT
 */
export const parseKnownHosts = (text: string, file: string): KnownHostsText => {
  const entries: KnownHost[] = [];
  const unreadableLines: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^[ \t]*(#|$)/.test(line)) continue;
    const parsed = parseLine(line);
    if (parsed === undefined) unreadableLines.push(index + 1);
    else entries.push({ file, line: index + 1, ...parsed });
  }
  return { entries, unreadableLines };
};

/** How a host is named in known_hosts: `192.0.2.10`, or `[192.0.2.10]:2222` where the port is not 22. */
export const knownHostName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;

/** What known_hosts files know a host by: where it is connected to, or its HostKeyAlias, to which no port belongs. */
export const knownAs = ({
  address,
  port,
  hostKeyAlias,
}: {
  readonly address: string;
  readonly port: number;
  readonly hostKeyAlias?: string | undefined;
}): { readonly address: string; readonly port: number } =>
  hostKeyAlias === undefined ? { address, port } : { address: hostKeyAlias, port: 22 };

const matchesHash = (name: string, hashed: string): boolean => {
  const [, kind, salt = '', hash = ''] = hashed.split('|');
  if (kind !== '1') return false;
  const wanted = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
};

/** Whether a first field names the host; a negated pattern that matches overrules all others of its line. */
export const namesHost = (names: string, name: string): boolean => {
  if (names.startsWith('|')) return matchesHash(name, names);
  return matchesPatternList(name, names.toLowerCase());
};

/** Entries that name one host and nothing else by that name, and those that have to be asked: patterns, lists, hashes. */
interface Index {
  readonly plain: ReadonlyMap<string, readonly KnownHost[]>;
  readonly others: readonly KnownHost[];
}

const indexOf = memoizeByObject((entries: readonly KnownHost[]): Index => {
  const plain = new Map<string, KnownHost[]>();
  const others: KnownHost[] = [];
  for (const entry of entries) {
    const name = entry.names.toLowerCase();
    if (/[|,!*?]/.test(name)) others.push(entry);
    else plain.set(name, [...(plain.get(name) ?? []), entry]);
  }
  return { plain, others };
});

/** Those that name a host: plain names before patterns, else in the order of the files. @param name  see `knownHostName` */
export const entriesOf = (entries: readonly KnownHost[], name: string): readonly KnownHost[] => {
  const { plain, others } = indexOf(entries);
  return [...(plain.get(name) ?? []), ...others.filter((entry) => namesHost(entry.names, name))];
};

const judge = (entries: readonly KnownHost[], key: Buffer): HostKeyVerdict => {
  const revoked = entries.find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const plain = entries.filter((entry) => entry.marker === undefined);
  const same = plain.find((entry) => entry.key.equals(key));
  if (same !== undefined) return { kind: 'known', entry: same };
  if (plain.length > 0) return { kind: 'changed', entries: plain };
  return { kind: 'unknown' };
};

/**
 * What the entries say of the key that a host showed.
 *
 * A key of another type than the known one counts as changed too: who stands in the middle could otherwise claim to
 * have no key of the known type. As OpenSSH does, a host on another port than 22 is also known by its plain name, but
 * only to accept or to revoke a key, never to call it changed.
 */
export const judgeHostKey = (
  entries: readonly KnownHost[],
  address: string,
  port: number,
  key: Buffer,
): HostKeyVerdict => {
  const verdict = judge(entriesOf(entries, knownHostName(address, port)), key);
  if (port === 22 || verdict.kind === 'revoked' || verdict.kind === 'known') return verdict;
  const plain = judge(entriesOf(entries, knownHostName(address, 22)), key);
  if (plain.kind === 'revoked') return plain;
  return verdict.kind === 'unknown' && plain.kind === 'known' ? plain : verdict;
};

/** Types of the keys that are known of a host, so that it is asked for one of those first. */
export const knownKeyTypes = (
  entries: readonly KnownHost[],
  address: string,
  port: number,
): readonly string[] => {
  const named = (name: string): readonly string[] =>
    entriesOf(entries, name)
      .filter((entry) => entry.marker === undefined)
      .map((entry) => entry.type);
  const types = named(knownHostName(address, port));
  return [...new Set(types.length > 0 ? types : named(knownHostName(address, 22)))];
};

/** The line to add to a known_hosts file, without its newline. @param key  wire format */
export const renderKnownHost = (address: string, port: number, key: Buffer): string =>
  `${knownHostName(address, port)} ${keyTypeOf(key) ?? ''} ${key.toString('base64')}`;
