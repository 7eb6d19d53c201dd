import { ProjectSecrets } from '../workspace/secrets.ts';
import { ask } from './ask.ts';
import type { Flags } from './dispatch.ts';
import type { Io } from './io.ts';
import { readSecretKeys } from './secret-keys.ts';

/** Opens the project's secrets with what the command line gives, which is hidden like all that it opens. @throws UsageError */
export const openSecrets = async (flags: Flags, io: Io): Promise<ProjectSecrets> => {
  const keys = await readSecretKeys(flags, io);
  const hide = (secret: string): void => io.mask?.add(secret);
  for (const secret of [...keys.vaultPasswords.map(({ password }) => password), ...keys.ageIdentities])
    hide(secret);
  return new ProjectSecrets(keys, { hide, canAsk: io.stdin.isTTY === true });
};

/** Of a passphrase that does not fit. */
const mostTries = 3;

/**
 * Reads, and where a file was met whose passphrase nobody knows yet, asks for it and reads anew: files are read without waiting.
 *
 * @param read  may throw; is called again after each answer
 */
export const withPassphrases = async <T>(
  secrets: ProjectSecrets,
  io: Io,
  read: () => T | Promise<T>,
): Promise<T> => {
  const asked = new Map<string, number>();
  for (;;) {
    const attempt = await Promise.allSettled([(async () => await read())()]);
    const [file] = secrets.takeWanted();
    const [result] = attempt;
    const times = asked.get(file ?? '') ?? 0;
    if (file === undefined || times === mostTries) {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    }
    asked.set(file, times + 1);
    if (times > 0) io.stderr.write('that does not fit\n');
    secrets.addPassphrase(await ask(`Passphrase of ${file}`, io, { hidden: true }));
  }
};
