import type { ServerHostKeyAlgorithm } from 'ssh2';
import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import {
  judgeHostKey,
  type KnownHost,
  keyFingerprint,
  keyTypeLabel,
  keyTypeOf,
  knownAs,
  knownHostName,
  knownKeyTypes,
} from './known-hosts.ts';
import type { KnownHosts } from './known-hosts-files.ts';

/** Algorithms of host keys that are taken, best first; ssh-rsa with its SHA-1 signatures is not among them. */
const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * The order in which a host is asked for keys: the types that are known of it come first, or a host known by its ECDSA
 * key would show its Ed25519 key and be refused.
 */
export const preferredHostKeys = (
  known: KnownHosts,
  settings: ConnectionSettings,
): ServerHostKeyAlgorithm[] => {
  const { address, port } = knownAs(settings);
  const types = knownKeyTypes(known.entries, address, port);
  const isKnown = (algorithm: string): boolean =>
    types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [
    ...hostKeyAlgorithms.filter(isKnown),
    ...hostKeyAlgorithms.filter((algorithm) => !isKnown(algorithm)),
  ];
};

const placesOf = (entries: readonly KnownHost[]): string =>
  entries.map(({ file, line, type }) => `${file}:${line} (${keyTypeLabel(type)})`).join(', ');

/**
 * Decides whether a host that shows this key may be logged in to.
 *
 * @param key  wire format
 * @returns `known`, or `new` where the key may be accepted and is to be remembered
 * @throws Unreachable (host-key) in all other cases
 */
export const checkHostKey = (
  known: KnownHosts,
  settings: ConnectionSettings,
  key: Buffer,
): 'known' | 'new' => {
  const { host, acceptNewHostKeys } = settings;
  const { address, port } = knownAs(settings);
  const verdict = judgeHostKey(known.entries, address, port, key);
  if (verdict.kind === 'known') return 'known';
  const name = knownHostName(address, port);
  const shown = `${keyTypeLabel(keyTypeOf(key) ?? '')} key ${keyFingerprint(key)}`;
  if (verdict.kind === 'revoked')
    throw new Unreachable(
      'host-key',
      `${host} shows the ${shown}, which is revoked at ${placesOf([verdict.entry])}`,
      'somebody has this key who should not; do not go on before the host has a new one',
    );
  if (verdict.kind === 'changed')
    throw new Unreachable(
      'host-key',
      `the host key of ${host} (${name}) is not the known one: it shows the ${shown}; known is ${placesOf(verdict.entries)}`,
      `somebody may stand in between. If the host was made anew: ssh-keygen -R '${name}' -f ${verdict.entries[0]?.file ?? 'known_hosts'}, then syn-deploy trust INVENTORY`,
    );
  if (verdict.authorities.length > 0)
    throw new Unreachable(
      'host-key',
      `${host} (${name}) is known only by a certificate authority at ${placesOf(verdict.authorities)}; host certificates are not supported`,
      `add the host's own key, ${shown}: syn-deploy trust INVENTORY`,
    );
  if (acceptNewHostKeys) return 'new';
  const remarks = known.remarks.length === 0 ? '' : ` (${known.remarks.join('; ')})`;
  throw new Unreachable(
    'host-key',
    `the host key of ${host} (${name}) is not known: it shows the ${shown}${remarks}`,
    "compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then: syn-deploy trust INVENTORY, or --accept-new-host-keys",
  );
};
