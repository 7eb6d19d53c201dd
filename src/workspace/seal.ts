import { AgeFailure, askAge } from './age.ts';
import { encryptVault, type VaultPassword } from './ansible-vault.ts';

/** Whom something is encrypted for: age's recipients, whoever knows a passphrase, or a password of ansible-vault. */
export type Sealer =
  | { readonly kind: 'recipients'; readonly recipients: readonly string[] }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'vault'; readonly password: VaultPassword; readonly label: string | undefined };

/** @param isArmored  as text; ansible-vault knows nothing else. @throws AgeFailure for a recipient that is none */
export const seal = (bytes: Uint8Array, sealer: Sealer, isArmored: boolean): Uint8Array => {
  if (sealer.kind === 'vault')
    return new TextEncoder().encode(encryptVault(bytes, sealer.password.password, sealer.label));
  return askAge('encrypt', {
    file: bytes,
    recipients: sealer.kind === 'recipients' ? sealer.recipients : [],
    passphrase: sealer.kind === 'passphrase' ? sealer.passphrase : undefined,
    isArmored,
  });
};

/** The identity that a file can be opened with, and what is in it; undefined: none of them. */
export const openedByIdentity = (
  file: Uint8Array,
  identities: readonly string[],
): { readonly identity: string; readonly bytes: Uint8Array } | undefined => {
  for (const identity of identities) {
    try {
      return { identity, bytes: askAge('decrypt', { file, identities: [identity], passphrases: [] }) };
    } catch (error) {
      if (!(error instanceof AgeFailure)) throw error;
    }
  }
  return undefined;
};
