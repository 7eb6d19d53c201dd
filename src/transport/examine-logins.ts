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

/** A file that hosts name, and what is wrong with it. */
interface Examined {
  readonly problem: Promise<Diagnostic | undefined>;
  readonly hosts: string[];
}

const mostNamed = 5;

const withHosts = (diagnostic: Diagnostic, hosts: readonly string[]): Diagnostic => {
  const more = hosts.length > mostNamed ? `, and ${hosts.length - mostNamed} more` : '';
  return {
    ...diagnostic,
    message: `${diagnostic.message} (on ${hosts.slice(0, mostNamed).join(', ')}${more})`,
  };
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
  const checks = new Map<string, Examined>();
  const examine = (id: string, host: string, look: () => Promise<Diagnostic | undefined>): void => {
    const known = checks.get(id) ?? { problem: look(), hosts: [] };
    known.hosts.push(host);
    checks.set(id, known);
  };
  for (const { kind, host, privateKeyFile, privateKeySpan, passphrase, knownHostsFiles = [] } of hosts) {
    if (kind === 'local') continue;
    if (privateKeyFile !== undefined)
      examine(`key ${privateKeyFile} ${passphrase}`, host, async () => {
        const found = await keyDiagnostic(privateKeyFile, passphrase, mayHelp);
        return found === undefined ? undefined : { ...found, span: privateKeySpan };
      });
    for (const file of knownHostsFiles) examine(`known ${file}`, host, () => knownHostsDiagnostic(file));
  }
  const found = [...checks.values()].map(async ({ problem, hosts: mine }) => {
    const diagnostic = await problem;
    return diagnostic === undefined ? undefined : withHosts(diagnostic, mine);
  });
  return (await Promise.all(found)).filter((diagnostic) => diagnostic !== undefined);
};
