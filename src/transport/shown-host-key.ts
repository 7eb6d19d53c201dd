import { memoizeByObject } from '../util/memoize-by-object.ts';
import { keyFingerprint, keyTypeLabel, keyTypeOf } from '../util/ssh-key.ts';
import {
  certificateProblem,
  certificateSuffix,
  type HostCertificate,
  parseHostCertificate,
} from './host-certificate.ts';
import {
  entriesOf,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHost,
  knownHostName,
} from './known-hosts.ts';

/** What a host shows in a key exchange: a key, or a certificate of one. */
export interface ShownHostKey {
  /** Wire format. */
  readonly key: Buffer;
  readonly certificate: HostCertificate | undefined;
}

/** What the known entries say of what a host showed. */
export type ShownKeyVerdict = (
  | HostKeyVerdict
  /** An authority that is trusted for the host says that the key is its own. */
  | { readonly kind: 'certified'; readonly entry: KnownHost }
  | { readonly kind: 'authority-revoked'; readonly entry: KnownHost }
) & {
  /** Why the certificate does not count, where there is one. */
  readonly problem?: string | undefined;
};

/**
 * Reads what a host shows.
 *
 * @param shown  wire format
 * @returns undefined: a certificate that is malformed
 */
export const readShownKey = (shown: Buffer): ShownHostKey | undefined => {
  if (keyTypeOf(shown)?.endsWith(certificateSuffix) !== true) return { key: shown, certificate: undefined };
  const certificate = parseHostCertificate(shown);
  return certificate === undefined ? undefined : { key: certificate.key, certificate };
};

/** They are few, so that hosts whose names are hashed are not looked for once more among all lines. */
const markedOf = memoizeByObject((entries: readonly KnownHost[]): readonly KnownHost[] =>
  entries.filter(({ marker }) => marker !== undefined),
);

/** Authorities and what is revoked; on another port than 22 a host is known by its plain name too, which comes last. */
const markedEntriesOf = (
  entries: readonly KnownHost[],
  address: string,
  port: number,
): readonly KnownHost[] => {
  const names = new Set([knownHostName(address, port), knownHostName(address, 22)]);
  // A pattern may match both.
  return [...new Set([...names].flatMap((name) => entriesOf(markedOf(entries), name)))];
};

/** The authorities that are trusted for a host. */
export const authoritiesOf = (
  entries: readonly KnownHost[],
  address: string,
  port: number,
): readonly KnownHost[] =>
  markedEntriesOf(entries, address, port).filter(({ marker }) => marker === 'cert-authority');

const judgeCertificate = (
  entries: readonly KnownHost[],
  { certificate, key }: ShownHostKey & { readonly certificate: HostCertificate },
  name: string,
  nowMs: number,
): ShownKeyVerdict | { readonly kind: undefined; readonly problem: string } => {
  const { authority } = certificate;
  const isRevoked = (one: KnownHost, revoked: Buffer): boolean =>
    one.marker === 'revoked' && one.key.equals(revoked);
  const ofKey = entries.find((one) => isRevoked(one, key));
  if (ofKey !== undefined) return { kind: 'revoked', entry: ofKey };
  const ofAuthority = entries.find((one) => isRevoked(one, authority));
  if (ofAuthority !== undefined) return { kind: 'authority-revoked', entry: ofAuthority };
  const entry = entries.find((one) => one.marker === 'cert-authority' && one.key.equals(authority));
  if (entry === undefined) {
    const label = `${keyTypeLabel(keyTypeOf(authority) ?? '')} key ${keyFingerprint(authority)}`;
    return { kind: undefined, problem: `it is signed by the ${label}, which is none of the authorities` };
  }
  const problem = certificateProblem(certificate, name, nowMs);
  return problem === undefined ? { kind: 'certified', entry } : { kind: undefined, problem };
};

/**
 * What the entries say of what a host showed. As OpenSSH does, a certificate that does not count is passed over, and its key
 * judged like one that was shown without; but a revoked authority is as bad as a revoked key.
 *
 * @param address  a name without a port: the certificate has to be one for it
 * @param nowMs  since 1970
 */
export const judgeShownKey = (
  entries: readonly KnownHost[],
  address: string,
  port: number,
  { key, certificate }: ShownHostKey,
  nowMs = Date.now(),
): ShownKeyVerdict => {
  if (certificate === undefined) return judgeHostKey(entries, address, port, key);
  const marked = markedEntriesOf(entries, address, port);
  const verdict = judgeCertificate(marked, { key, certificate }, address.toLowerCase(), nowMs);
  if (verdict.kind !== undefined) return verdict;
  return { ...judgeHostKey(entries, address, port, key), problem: verdict.problem };
};
