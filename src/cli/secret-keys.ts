import { readFileSync, statSync } from 'node:fs';
import { basename, delimiter, resolve } from 'node:path';
import { runHere } from '../transport/run-here.ts';
import { isAge } from '../workspace/age.ts';
import { BadIdentities, parseIdentities } from '../workspace/age-identities.ts';
import { decryptVault, isVault, parseVault, type VaultPassword } from '../workspace/ansible-vault.ts';
import type { LockedIdentities, SecretKeys } from '../workspace/secrets.ts';
import { ask } from './ask.ts';
import type { Flags } from './dispatch.ts';
import { listFlag } from './flags.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** What Ansible calls a password without a name. */
const defaultLabel = 'default';

/** Where the password of a vault id comes from: a file, a program, or whoever sits at the terminal. */
interface PasswordSource {
  readonly label: string;
  readonly source: string;
  /** The option it was given with, for messages. */
  readonly option: string;
}

const asked = ['prompt', 'prompt_ask_vault_pass'];

const parseVaultId = (text: string, option: string): PasswordSource => {
  const at = text.indexOf('@');
  const label = at <= 0 ? defaultLabel : text.slice(0, at);
  return { label, source: text.slice(at + 1), option };
};

const splitList = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** In Ansible's order: the list of the environment, `--vault-id`, the files. */
const passwordSources = (flags: Flags, env: Io['env']): readonly PasswordSource[] => {
  const files = listFlag(flags, 'vaultPasswordFile');
  const ownFile = env['ANSIBLE_VAULT_PASSWORD_FILE'];
  const fallback = files.length === 0 && ownFile !== undefined && ownFile !== '' ? [ownFile] : [];
  const ofFile = (option: string) => (source: string) => ({ label: defaultLabel, source, option });
  return [
    ...splitList(env['ANSIBLE_VAULT_IDENTITY_LIST']).map((text) =>
      parseVaultId(text, 'ANSIBLE_VAULT_IDENTITY_LIST'),
    ),
    ...listFlag(flags, 'vaultId').map((text) => parseVaultId(text, '--vault-id')),
    ...files.map(ofFile('--vault-password-file')),
    ...fallback.map(ofFile('ANSIBLE_VAULT_PASSWORD_FILE')),
  ];
};

const readBytes = (path: string, option: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : message;
    throw new UsageError(`${option} ${path}: ${why}`, { cause: error });
  }
};

const isProgram = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (found.mode & 0o111) !== 0;
};

/** A program whose name ends in `-client` serves several passwords, and is told which. */
const passwordFromProgram = ({ label, source, option }: PasswordSource): string => {
  const isClient = /-client(?:\.[^.]*)?$/.test(basename(source));
  const { exitStatus, stdout, trouble } = runHere(resolve(source), isClient ? ['--vault-id', label] : []);
  if (exitStatus !== 0)
    throw new UsageError(
      `${option} ${source}: the program that is to print the password ${trouble === undefined ? `ended with status ${exitStatus}` : `did not run: ${trouble}`}`,
    );
  return Buffer.from(stdout)
    .toString()
    .replaceAll(/^[\r\n]+|[\r\n]+$/g, '');
};

/** A file of a password may itself be encrypted, with a password that came before it. */
const passwordFromFile = (
  { source, option }: PasswordSource,
  known: readonly VaultPassword[],
): string | undefined => {
  const text = readBytes(source, option).toString();
  if (!isVault(text)) return text.trim();
  const vault = parseVault(text);
  for (const { password } of known) {
    const bytes = decryptVault(vault, password);
    if (bytes !== undefined) return Buffer.from(bytes).toString().trim();
  }
  throw new UsageError(`${option} ${source}: it is encrypted, and no password given before it fits`);
};

const readPassword = async (
  one: PasswordSource,
  known: readonly VaultPassword[],
  io: Io,
): Promise<VaultPassword> => {
  const { label, source, option } = one;
  const password = asked.includes(source)
    ? await ask(`Vault password (${label})`, io, { hidden: true })
    : isProgram(source)
      ? passwordFromProgram(one)
      : passwordFromFile(one, known);
  if (password === undefined || password === '')
    throw new UsageError(`${option} ${source}: the password is empty`);
  return { label, password };
};

/** Passwords of Ansible Vault: of the options, then of the environment. @throws UsageError */
const readVaultPasswords = async (flags: Flags, io: Io): Promise<readonly VaultPassword[]> => {
  const known: VaultPassword[] = [];
  for (const source of passwordSources(flags, io.env)) known.push(await readPassword(source, known, io));
  if (flags['askVaultPass'] === true)
    known.push(
      await readPassword({ label: defaultLabel, source: 'prompt', option: '--ask-vault-pass' }, known, io),
    );
  return known;
};

interface AgeKeys {
  readonly ageIdentities: readonly string[];
  readonly lockedIdentities: readonly LockedIdentities[];
}

const readIdentities = (path: string, option: string): AgeKeys => {
  const file = readBytes(path, option);
  if (isAge(file)) return { ageIdentities: [], lockedIdentities: [{ path, file }] };
  try {
    return { ageIdentities: parseIdentities(file.toString()), lockedIdentities: [] };
  } catch (error) {
    if (!(error instanceof BadIdentities)) throw error;
    throw new UsageError(`${option} ${path}: ${error.message}; "syn-deploy secret keygen" makes one`, {
      cause: error,
    });
  }
};

const joined = (all: readonly AgeKeys[]): AgeKeys => ({
  ageIdentities: [...new Set(all.flatMap(({ ageIdentities }) => ageIdentities))],
  lockedIdentities: all.flatMap(({ lockedIdentities }) => lockedIdentities),
});

/** The environment is there for other programs too: what is wrong in it matters only to who needs it. */
const ageKeysOfEnvironment = (env: Io['env']): Omit<SecretKeys, 'vaultPasswords'> => {
  const variable = ['SYN_DEPLOY_AGE_IDENTITY', 'SOPS_AGE_KEY_FILE'].find((name) => (env[name] ?? '') !== '');
  if (variable === undefined) return joined([]);
  const paths = (env[variable] ?? '').split(delimiter).filter((path) => path !== '');
  try {
    return joined(paths.map((path) => readIdentities(path, variable)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { ...joined([]), trouble: error.message };
  }
};

/** Of the options; without any, of SYN_DEPLOY_AGE_IDENTITY, else of SOPS_AGE_KEY_FILE. @throws UsageError for the former */
const readAgeKeys = (flags: Flags, env: Io['env']): Omit<SecretKeys, 'vaultPasswords'> => {
  const given = listFlag(flags, 'ageIdentity');
  if (given.length === 0) return ageKeysOfEnvironment(env);
  return joined(given.map((path) => readIdentities(path, '--age-identity')));
};

/** What the command line and the environment give to open secrets with. Asks where it says so. @throws UsageError */
export const readSecretKeys = async (flags: Flags, io: Io): Promise<SecretKeys> => ({
  vaultPasswords: await readVaultPasswords(flags, io),
  ...readAgeKeys(flags, io.env),
});
