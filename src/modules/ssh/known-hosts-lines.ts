import { base64 } from '../../util/base64.ts';
import { bytesOfBase64 } from '../../util/bytes-of-base64.ts';
import { matchesWildcards } from '../../util/matches-wildcards.ts';
import { sha1 } from '../../util/sha1.ts';

/** A line of known_hosts that names a key. */
export interface HostKey {
  /** `@cert-authority` or `@revoked`; '' for none. */
  readonly mark: string;
  /** Names with commas between, or a hash of one. */
  readonly hosts: string;
  readonly type: string;
  readonly blob: string;
}

/** undefined: a comment, an empty line, or what nobody understands. @see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT */
export const parseHostKey = (line: string): HostKey | undefined => {
  const [, mark = '', hosts, type, blob] =
    /^\s*(?:(@\S+)\s+)?([^\s#@]\S*)\s+([a-z][\w@.-]*)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line) ?? [];
  if (hosts === undefined || type === undefined || blob === undefined) return undefined;
  return { mark, hosts, type, blob };
};

const blockBytes = 64;

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** HMAC-SHA-1, RFC 2104; keys are shorter than a block here. */
const hmac = (key: Uint8Array, text: string): Uint8Array => {
  const padded = (byte: number): Uint8Array =>
    Uint8Array.from({ length: blockBytes }, (_, index) => (key[index] ?? 0) ^ byte);
  const inner = sha1(new Uint8Array([...padded(0x36), ...new TextEncoder().encode(text)]));
  return bytesOfHex(sha1(new Uint8Array([...padded(0x5c), ...bytesOfHex(inner)])));
};

const hashWith = (salt: Uint8Array, host: string): string => `|1|${base64(salt)}|${base64(hmac(salt, host))}`;

/**
 * The name as ssh hashes it. The salt hangs on the name and the key, not on chance, so that a plan stays the same; it is as good: whoever
 * has the file has its salts.
 */
export const hashHost = (host: string, blob: string): string =>
  hashWith(bytesOfHex(sha1(new TextEncoder().encode(`${host} ${blob}`))), host);

/** Whether a line is about the host: by name, pattern, or hash; `!name` takes one out again. */
export const namesHost = ({ hosts }: HostKey, host: string): boolean => {
  const [, salt] = /^\|1\|([^|]+)\|/.exec(hosts) ?? [];
  if (salt !== undefined) return hashWith(bytesOfBase64(salt), host) === hosts;
  const patterns = hosts.toLowerCase().split(',');
  const matches = (pattern: string): boolean => pattern === host || matchesWildcards(host, pattern);
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))) return false;
  return patterns.some(matches);
};
