import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { Secrets } from '../model/project.ts';
import type { Span } from '../model/span.ts';
import { AgeFailure, askAge, isAge, recipientKinds } from './age.ts';
import { BadIdentities, parseIdentities } from './age-identities.ts';
import {
  BadVault,
  decryptVault,
  isVault,
  parseVault,
  type Vault,
  type VaultPassword,
} from './ansible-vault.ts';
import type { Sealer } from './seal.ts';

/** A file of age's identities that is itself encrypted, with a passphrase. */
export interface LockedIdentities {
  readonly path: string;
  readonly file: Uint8Array;
}

/** What secrets may be opened with. */
export interface SecretKeys {
  /** In the order in which they are tried. */
  readonly vaultPasswords: readonly VaultPassword[];
  /** `AGE-SECRET-KEY-1…` */
  readonly ageIdentities: readonly string[];
  /** Opened where the others do not fit: only then is somebody asked. */
  readonly lockedIdentities: readonly LockedIdentities[];
  /** Why the environment gives no identities although it names some. */
  readonly trouble?: string | undefined;
}

export interface SecretsOptions {
  /** Told of everything that was opened. */
  hide(secret: string): void;
  /** Somebody can be asked for the passphrase of a file. */
  readonly canAsk: boolean;
}

/** What was in something encrypted. */
export interface Opened {
  readonly bytes: Uint8Array;
  /** What it was opened with, to encrypt it in the same way again; age's recipients are not known from a file. */
  readonly sealer: Sealer | undefined;
}

const failure = (
  code: string,
  message: string,
  span: Span,
  more: Pick<Diagnostic, 'hint'> & ErrorOptions = {},
): DiagnosticError =>
  new DiagnosticError([{ severity: 'error', code, message, span, hint: more.hint }], { cause: more.cause });

const textOf = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

const vaultOf = (sealed: Uint8Array, place: Span): Vault => {
  try {
    return parseVault(textOf(sealed));
  } catch (error) {
    if (!(error instanceof BadVault)) throw error;
    throw failure('bad-vault', `encrypted with ansible-vault, but ${error.message}`, place, { cause: error });
  }
};

const missingPassword = (vault: Vault, place: Span): DiagnosticError => {
  const id = vault.label === undefined ? '' : ` (its vault id is "${vault.label}")`;
  return failure(
    'no-vault-password',
    `encrypted with ansible-vault, and no password for it is given${id}`,
    place,
    {
      hint: `give --vault-password-file FILE, --vault-id ${vault.label ?? 'LABEL'}@FILE or --ask-vault-pass`,
    },
  );
};

const wrongPassword = (vault: Vault, labels: readonly string[], place: Span): DiagnosticError => {
  const tried =
    labels.length === 1
      ? `the vault password that is given (${labels[0]}) does not fit`
      : `none of the ${labels.length} vault passwords that are given (${labels.join(', ')}) fits`;
  return failure('wrong-vault-password', `cannot be decrypted: ${tried}`, place, {
    hint:
      vault.label === undefined
        ? 'the file was encrypted with another password, or was changed since'
        : `it was encrypted with the vault id "${vault.label}"`,
  });
};

/** What the project's secrets are opened with. */
export class ProjectSecrets implements Secrets {
  readonly #keys: SecretKeys;
  readonly #options: SecretsOptions;
  readonly #passphrases: string[] = [];
  readonly #unlocked = new Map<LockedIdentities, readonly string[]>();
  readonly #wanted = new Set<string>();

  constructor(keys: SecretKeys, options: SecretsOptions) {
    this.#keys = keys;
    this.#options = options;
  }

  isSealed(bytes: Uint8Array): boolean {
    return isAge(bytes) || isVault(textOf(bytes.subarray(0, 32)));
  }

  hide(text: string): void {
    this.#options.hide(text);
  }

  open(sealed: Uint8Array, place: Span): Uint8Array {
    return this.openKnowing(sealed, place).bytes;
  }

  /** As `open`, with what it was opened with. @throws DiagnosticError */
  openKnowing(sealed: Uint8Array, place: Span): Opened {
    if (!isAge(sealed)) return this.#openVault(sealed, place);
    return recipientKinds(sealed).includes('scrypt')
      ? this.#openWithPassphrase(sealed, place)
      : this.#openWithIdentity(sealed, place);
  }

  /** Files that were met so far whose passphrase nobody has given. Emptied by being read. */
  takeWanted(): readonly string[] {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    return wanted;
  }

  /** Tried, from now on, for all files that are encrypted with one. */
  addPassphrase(passphrase: string): void {
    this.#passphrases.unshift(passphrase);
    this.#options.hide(passphrase);
  }

  #openVault(sealed: Uint8Array, place: Span): Opened {
    const vault = vaultOf(sealed, place);
    const all = this.#keys.vaultPasswords;
    if (all.length === 0) throw missingPassword(vault, place);
    const isNamed = ({ label }: VaultPassword): boolean => label === vault.label;
    // As Ansible has it: the one of the name first, and then any.
    for (const by of [...all.filter(isNamed), ...all.filter((one) => !isNamed(one))]) {
      const bytes = decryptVault(vault, by.password);
      if (bytes !== undefined) return { bytes, sealer: { kind: 'vault', password: by, label: vault.label } };
    }
    throw wrongPassword(
      vault,
      all.map(({ label }) => label),
      place,
    );
  }

  /** Those of age that are known by now. */
  get identities(): readonly string[] {
    return [...this.#keys.ageIdentities, ...[...this.#unlocked.values()].flat()];
  }

  /** @returns undefined where none of the passphrases that are known fits */
  #tryPassphrases(file: Uint8Array): { readonly bytes: Uint8Array; readonly passphrase: string } | undefined {
    for (const passphrase of this.#passphrases) {
      try {
        return { bytes: askAge('decrypt', { file, identities: [], passphrases: [passphrase] }), passphrase };
      } catch (error) {
        if (!(error instanceof AgeFailure)) throw error;
      }
    }
    return undefined;
  }

  #openWithPassphrase(file: Uint8Array, place: Span): Opened {
    const opened = this.#tryPassphrases(file);
    if (opened === undefined) throw this.#missingPassphrase(place);
    const { bytes, passphrase } = opened;
    return { bytes, sealer: { kind: 'passphrase', passphrase } };
  }

  #openWithIdentity(file: Uint8Array, place: Span): Opened {
    const { ageIdentities, lockedIdentities, trouble } = this.#keys;
    if (ageIdentities.length + lockedIdentities.length === 0)
      throw failure('no-age-identity', 'encrypted with age, and no identity is given', place, {
        hint: trouble ?? 'give --age-identity FILE, or name the file in SYN_DEPLOY_AGE_IDENTITY',
      });
    let refusal = this.#tryIdentities(file, this.identities);
    for (const locked of lockedIdentities) {
      if (refusal instanceof Uint8Array || this.#unlocked.has(locked)) continue;
      refusal = this.#tryIdentities(file, this.#unlock(locked));
    }
    if (refusal instanceof Uint8Array) return { bytes: refusal, sealer: undefined };
    throw failure('wrong-age-identity', `cannot be decrypted with age: ${refusal.message}`, place, {
      hint: 'the identities that are given are those of others, or the file was changed since',
      cause: refusal,
    });
  }

  /** What is in the file, or why it could not be opened. */
  #tryIdentities(file: Uint8Array, identities: readonly string[]): Uint8Array | AgeFailure {
    if (identities.length === 0) return new AgeFailure('there is no identity');
    try {
      return askAge('decrypt', { file, identities, passphrases: [] });
    } catch (error) {
      if (error instanceof AgeFailure) return error;
      throw error;
    }
  }

  #unlock(locked: LockedIdentities): readonly string[] {
    const place = { file: locked.path, line: 1, column: 1, offset: 0, length: 0 };
    const opened = this.#tryPassphrases(locked.file);
    if (opened === undefined) throw this.#missingPassphrase(place);
    try {
      const identities = parseIdentities(new TextDecoder().decode(opened.bytes));
      this.#unlocked.set(locked, identities);
      identities.forEach(this.#options.hide);
      return identities;
    } catch (error) {
      if (!(error instanceof BadIdentities)) throw error;
      throw failure('bad-identities', error.message, place, { cause: error });
    }
  }

  #missingPassphrase(place: Span): DiagnosticError {
    const { canAsk } = this.#options;
    if (canAsk) this.#wanted.add(place.file);
    const message = canAsk
      ? 'encrypted with age and another passphrase'
      : 'encrypted with age and a passphrase, which can be asked for on a terminal only';
    return failure('no-age-passphrase', message, place, {
      hint: canAsk ? undefined : 'encrypt it for a recipient (age1…), and give --age-identity FILE',
    });
  }
}
