import type { ConnectionSettings } from '../model/transport.ts';
import { keyFingerprint, keyTypeOf } from '../util/ssh-key.ts';
import { examineHostKey, preferredHostKeys } from './host-key-check.ts';
import { knownAs, renderKnownHost } from './known-hosts.ts';
import { defaultKnownHostsFiles, type NewKnownHost, readKnownHosts } from './known-hosts-files.ts';
import type { OpenLine } from './line.ts';
import type { ShownKeyVerdict } from './shown-host-key.ts';
import { openClient } from './ssh-client.ts';

/** The key that a host proved to have. */
export interface ScannedKey extends NewKnownHost {
  /** Name in the inventory. */
  readonly host: string;
  /** `ssh-ed25519`, … */
  readonly type: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
  /** The line that would be added, without its newline. */
  readonly line: string;
  /** What the known_hosts files say of it, and of a certificate that was shown with it. */
  readonly verdict: ShownKeyVerdict;
  /** The file that new keys are added to. */
  readonly file: string;
}

/**
 * Reads a host's key: connects, has the host prove that the key is its own, and goes, without any login. The host is
 * asked for a certificate where an authority is known that may vouch for it, then for a key of a known type, else for its Ed25519 key.
 *
 * @throws Unreachable; the signal's reason once it is aborted
 */
export const scanHostKeys = async (
  settings: ConnectionSettings,
  openLine: OpenLine,
  signal?: AbortSignal,
): Promise<ScannedKey> => {
  const { host } = settings;
  const { address, port } = knownAs(settings);
  const known = await readKnownHosts(settings.knownHostsFiles ?? defaultKnownHostsFiles());
  const examined: ReturnType<typeof examineHostKey>[] = [];
  await openClient(
    settings,
    {
      openLine,
      hostKeyAlgorithms: preferredHostKeys(known, settings),
      verifyHostKey(shown) {
        examined.push(examineHostKey(known, settings, Buffer.from(shown)));
      },
      login: undefined,
    },
    signal,
  );
  const [first] = examined;
  if (first === undefined) throw new Error(`${host} completed a key exchange without a host key`);
  const { key, verdict } = first;
  return {
    host,
    address,
    port,
    key,
    type: keyTypeOf(key) ?? '',
    fingerprint: keyFingerprint(key),
    line: renderKnownHost(address, port, key),
    verdict,
    file: known.newKeysFile,
  };
};
