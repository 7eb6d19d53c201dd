import type { Client } from 'ssh2';
import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import { shortenHome } from './home-path.ts';
import { checkHostKey, preferredHostKeys } from './host-key-check.ts';
import { knownAs } from './known-hosts.ts';
import { addKnownHosts, defaultKnownHostsFiles, readKnownHosts } from './known-hosts-files.ts';
import type { OpenLine } from './line.ts';
import { createLogin } from './login.ts';
import type { LoginSources } from './login-attempts.ts';
import { openClient } from './ssh-client.ts';

const remember = async (file: string, settings: ConnectionSettings, key: Buffer): Promise<void> => {
  try {
    await addKnownHosts(file, [{ ...knownAs(settings), key }]);
  } catch (error) {
    throw new Unreachable(
      'host-key',
      `the new host key of ${settings.host} cannot be added to ${shortenHome(file)}: ${error instanceof Error ? error.message : String(error)}`,
      undefined,
      { cause: error },
    );
  }
};

/**
 * Connects, checks the host's key, and logs in.
 *
 * @throws Unreachable; the signal's reason once it is aborted
 */
export const logIn = async (
  settings: ConnectionSettings,
  sources: LoginSources,
  openLine: OpenLine,
  signal: AbortSignal | undefined,
): Promise<Client> => {
  const known = await readKnownHosts(settings.knownHostsFiles ?? defaultKnownHostsFiles());
  const login = createLogin(settings, sources);
  let newKey: Buffer | undefined;
  return await openClient(
    settings,
    {
      openLine,
      agentSocket: sources.agentSocket,
      hostKeyAlgorithms: preferredHostKeys(known, settings),
      verifyHostKey(key) {
        newKey = checkHostKey(known, settings, key);
      },
      login: {
        ...login,
        async next(allowed) {
          // Only now has the host proved that the key is its own.
          if (newKey !== undefined) await remember(known.newKeysFile, settings, newKey);
          newKey = undefined;
          return await login.next(allowed);
        },
      },
    },
    signal,
  );
};
