import { readFileSync } from 'node:fs';
import type { Sealer } from '../workspace/seal.ts';
import type { SecretKeys } from '../workspace/secrets.ts';
import { ask } from './ask.ts';
import type { Flags } from './dispatch.ts';
import { listFlag } from './flags.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** age warns of less; nobody can make up for one that is guessed. */
const shortestPassphrase = 8;

const recipientsIn = (path: string): readonly string[] => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--recipients-file ${path}: ${(error as Error).message}`, { cause: error });
  }
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new UsageError(`--recipients-file ${path}: there is no recipient in it`);
  return lines;
};

const checkRecipient = (recipient: string): string => {
  if (/^AGE-SECRET-KEY-/i.test(recipient))
    throw new UsageError(
      'a recipient is a public key (age1…); what is given is a secret one, for --age-identity',
    );
  if (!/^age1[0-9a-z]+$/.test(recipient))
    throw new UsageError(`a recipient begins with age1; found "${recipient}"`);
  return recipient;
};

/** Asks twice. @throws UsageError; Interrupted */
const newPassphrase = async (io: Io): Promise<string> => {
  const passphrase = await ask('New passphrase', io, { hidden: true });
  if (passphrase.length < shortestPassphrase)
    throw new UsageError(`a passphrase wants ${shortestPassphrase} characters at least`);
  if (passphrase !== (await ask('The same again', io, { hidden: true })))
    throw new UsageError('the two are not the same');
  return passphrase;
};

/** The first password of ansible-vault among those that options name; what only the environment names is for reading. */
const vaultSealer = (flags: Flags, { vaultPasswords }: SecretKeys): Sealer | undefined => {
  const options = ['vaultId', 'vaultPasswordFile'].flatMap((name) => listFlag(flags, name));
  if (options.length === 0 && flags['askVaultPass'] !== true) return undefined;
  const password = vaultPasswords.at(-1);
  if (password === undefined) return undefined;
  const label = listFlag(flags, 'vaultId').length > 0 ? password.label : undefined;
  return { kind: 'vault', password, label };
};

/**
 * Whom the options say that something is for.
 *
 * @returns undefined where they say nothing
 * @throws UsageError
 */
export const sealerOf = async (flags: Flags, keys: SecretKeys, io: Io): Promise<Sealer | undefined> => {
  const recipients = [
    ...listFlag(flags, 'recipient'),
    ...listFlag(flags, 'recipientsFile').flatMap(recipientsIn),
  ].map(checkRecipient);
  if (flags['passphrase'] === true) {
    if (recipients.length > 0)
      throw new UsageError(
        'a file is for recipients or for a passphrase; age knows no file that is for both',
      );
    return { kind: 'passphrase', passphrase: await newPassphrase(io) };
  }
  if (recipients.length > 0) return { kind: 'recipients', recipients: [...new Set(recipients)] };
  return vaultSealer(flags, keys);
};
