import { access, constants } from 'node:fs/promises';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ConnectionSettings } from '../model/transport.ts';
import { expandHome, shortenHome } from './home-path.ts';
import type { LoginSources } from './login-attempts.ts';
import { KeyProblem, readKeyFile, unlockKey } from './private-key.ts';

const keyDiagnostic = async (
  file: string,
  passphrase: string | undefined,
  mayHelp: boolean,
): Promise<Diagnostic | undefined> => {
  try {
    const key = await readKeyFile(file);
    // An agent may hold the key, or the user may be asked: that is found out at the login.
    if (!key.isEncrypted || passphrase !== undefined || !mayHelp) await unlockKey(key, passphrase);
    return undefined;
  } catch (error) {
    if (!(error instanceof KeyProblem)) throw error;
    return { severity: 'error', code: `key-${error.reason}`, message: error.message, hint: error.hint };
  }
};

const knownHostsDiagnostic = async (file: string): Promise<Diagnostic | undefined> => {
  try {
    await access(expandHome(file), constants.R_OK);
    return undefined;
  } catch (error) {
    // One that is not there is written by `trust`.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const message = `the known hosts file ${shortenHome(expandHome(file))} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { severity: 'error', code: 'known-hosts-unreadable', message };
  }
};

/**
 * Finds what is wrong with key files and known_hosts files that hosts name, before any host is contacted. Each file is
 * looked at once; a key that only an agent or a question can unlock is no mistake.
 */
export const examineLogins = async (
  hosts: readonly ConnectionSettings[],
  sources: Pick<LoginSources, 'agentSocket' | 'askPassphrase'>,
): Promise<readonly Diagnostic[]> => {
  const mayHelp = sources.agentSocket !== undefined || sources.askPassphrase !== undefined;
  const checks = new Map<string, Promise<Diagnostic | undefined>>();
  for (const { kind, privateKeyFile, passphrase, knownHostsFiles = [] } of hosts) {
    if (kind === 'local') continue;
    const keyId = `key ${privateKeyFile} ${passphrase}`;
    if (privateKeyFile !== undefined && !checks.has(keyId))
      checks.set(keyId, keyDiagnostic(privateKeyFile, passphrase, mayHelp));
    for (const file of knownHostsFiles)
      if (!checks.has(`known ${file}`)) checks.set(`known ${file}`, knownHostsDiagnostic(file));
  }
  return (await Promise.all(checks.values())).filter((found) => found !== undefined);
};
