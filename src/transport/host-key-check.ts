import type { ServerHostKeyAlgorithm } from 'ssh2';
import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import { keyFingerprint, keyTypeLabel, keyTypeOf } from '../util/ssh-key.ts';
import type { HostKeyAlgorithm } from './exchange-certificates.ts';
import { certificateSuffix } from './host-certificate.ts';
import { type KnownHost, knownAs, knownHostName, knownKeyTypes } from './known-hosts.ts';
import type { KnownHosts } from './known-hosts-files.ts';
import {
  authoritiesOf,
  judgeShownKey,
  readShownKey,
  type ShownHostKey,
  type ShownKeyVerdict,
} from './shown-host-key.ts';

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
 * The order in which a host is asked for keys: certificates first, where an authority is known that may vouch for it; then the
 * types that are known of it, or a host known by its ECDSA key would show its Ed25519 key and be refused.
 */
export const preferredHostKeys = (
  known: KnownHosts,
  settings: ConnectionSettings,
): readonly HostKeyAlgorithm[] => {
  const { address, port } = knownAs(settings);
  const types = knownKeyTypes(known.entries, address, port);
  const isKnown = (algorithm: string): boolean =>
    types.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  const hasAuthority = authoritiesOf(known.entries, address, port).length > 0;
  return [
    ...(hasAuthority ? hostKeyAlgorithms : []).map((one): HostKeyAlgorithm => `${one}${certificateSuffix}`),
    ...hostKeyAlgorithms.filter(isKnown),
    ...hostKeyAlgorithms.filter((algorithm) => !isKnown(algorithm)),
  ];
};

const placesOf = (entries: readonly KnownHost[]): string =>
  entries.map(({ file, line, type }) => `${file}:${line} (${keyTypeLabel(type)})`).join(', ');

/**
 * What a host shows, and what is known of it.
 *
 * @param shown  wire format
 * @throws Unreachable (host-key) when it is a certificate that is malformed
 */
export const examineHostKey = (
  known: KnownHosts,
  settings: ConnectionSettings,
  shown: Buffer,
): ShownHostKey & { readonly verdict: ShownKeyVerdict } => {
  const { address, port } = knownAs(settings);
  const read = readShownKey(shown);
  if (read !== undefined) return { ...read, verdict: judgeShownKey(known.entries, address, port, read) };
  throw new Unreachable(
    'host-key',
    `${settings.host} (${knownHostName(address, port)}) shows a host certificate that is malformed`,
    "does ssh-keygen -L -f CERTIFICATE read the file that the host's sshd has as HostCertificate?",
  );
};

/** For who does not say which inventory the host is of. */
const trustCommandOf = ({ trustCommand = 'syn-deploy trust INVENTORY' }: ConnectionSettings): string =>
  trustCommand;

/** A host that shows nothing that an authority it should have vouches for. */
const uncertified = (
  settings: ConnectionSettings,
  name: string,
  shown: string,
  authorities: readonly KnownHost[],
  problem: string | undefined,
): Unreachable => {
  const what =
    problem === undefined
      ? `it shows no certificate, but the ${shown}`
      : `its certificate does not count: ${problem}`;
  return new Unreachable(
    'host-key',
    `${settings.host} (${name}) is known only by a certificate authority at ${placesOf(authorities)}; ${what}`,
    `${problem === undefined ? 'does its sshd have a HostCertificate' : "have the host's key signed anew"} (ssh-keygen -s CA -I ID -h -n NAME KEY.pub)? Else add the host's own key, ${shown}: ${trustCommandOf(settings)}`,
  );
};

/**
 * Decides whether a host that shows this key, or a certificate of it, may be logged in to.
 *
 * @param shownBytes  wire format
 * @returns undefined: the host is known; else the key, in wire format, that may be accepted and is to be remembered
 * @throws Unreachable (host-key) in all other cases
 */
export const checkHostKey = (
  known: KnownHosts,
  settings: ConnectionSettings,
  shownBytes: Buffer,
): Buffer | undefined => {
  const { host, acceptNewHostKeys } = settings;
  const { address, port } = knownAs(settings);
  const { key, verdict } = examineHostKey(known, settings, shownBytes);
  if (verdict.kind === 'known' || verdict.kind === 'certified') return undefined;
  const name = knownHostName(address, port);
  const shown = `${keyTypeLabel(keyTypeOf(key) ?? '')} key ${keyFingerprint(key)}`;
  if (verdict.kind === 'revoked')
    throw new Unreachable(
      'host-key',
      `${host} shows the ${shown}, which is revoked at ${placesOf([verdict.entry])}`,
      'somebody has this key who should not; do not go on before the host has a new one',
    );
  if (verdict.kind === 'authority-revoked')
    throw new Unreachable(
      'host-key',
      `${host} shows a certificate of an authority that is revoked at ${placesOf([verdict.entry])}`,
      "somebody has the authority's key who should not; do not go on before the host has a certificate of another",
    );
  if (verdict.kind === 'changed') {
    const problem =
      verdict.problem === undefined ? '' : `; its certificate does not count: ${verdict.problem}`;
    throw new Unreachable(
      'host-key',
      `the host key of ${host} (${name}) is not the known one: it shows the ${shown}; known is ${placesOf(verdict.entries)}${problem}`,
      `somebody may stand in between. If the host was made anew: ssh-keygen -R '${name}' -f ${verdict.entries[0]?.file ?? 'known_hosts'}, then ${trustCommandOf(settings)}`,
    );
  }
  const authorities = authoritiesOf(known.entries, address, port);
  if (authorities.length > 0) throw uncertified(settings, name, shown, authorities, verdict.problem);
  if (acceptNewHostKeys) return Buffer.from(key);
  const remarks = known.remarks.length === 0 ? '' : ` (${known.remarks.join('; ')})`;
  throw new Unreachable(
    'host-key',
    `the host key of ${host} (${name}) is not known: it shows the ${shown}${remarks}`,
    `compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), then: ${trustCommandOf(settings)}, or --accept-new-host-keys`,
  );
};
