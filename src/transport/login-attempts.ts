import { access } from 'node:fs/promises';
import type { AnyAuthMethod, KeyboardInteractiveAuthMethod } from 'ssh2';
import type { ConnectionSettings } from '../model/transport.ts';
import { type AgentKey, listAgentKeys } from './agent-keys.ts';
import { expandHome } from './home-path.ts';
import { type KeyFile, KeyProblem, readKeyFile, unlockKey } from './private-key.ts';

/** One way of logging in, in turn. */
export interface LoginAttempt {
  /** For "tried: …". */
  readonly label: string;
  readonly auth: AnyAuthMethod;
}

/** Where keys come from, besides a host's settings. */
export interface LoginSources {
  /** SSH_AUTH_SOCK; undefined: no agent. */
  readonly agentSocket: string | undefined;
  /** Key files that are tried where none is given. */
  readonly identityFiles: readonly string[];
  /** Asks the user for a key's passphrase; undefined, or giving undefined: there is none. */
  readonly askPassphrase: ((keyFile: string) => Promise<string | undefined>) | undefined;
}

/** The identities that ssh tries by itself. @see ssh_config(5), IdentityFile */
export const defaultIdentityFiles: readonly string[] = [
  '~/.ssh/id_ed25519',
  '~/.ssh/id_ecdsa',
  '~/.ssh/id_rsa',
];

const passwordPrompt = (username: string, password: string): KeyboardInteractiveAuthMethod => {
  let isAnswered = false;
  return {
    type: 'keyboard-interactive',
    username,
    prompt(_name, _instructions, _language, prompts, finish) {
      // Asked again, or for something that is shown while typed: not the password. No answers make the server refuse.
      const isPassword = prompts.length === 1 && prompts[0]?.echo !== true && !isAnswered;
      isAnswered = true;
      finish(isPassword ? [password] : prompts.map(() => ''));
    },
  };
};

const unlockAsking = async (file: KeyFile, passphrase: string | undefined, sources: LoginSources) => {
  try {
    return await unlockKey(file, passphrase);
  } catch (error) {
    if (!(error instanceof KeyProblem) || error.reason !== 'no-passphrase') throw error;
    const asked = await sources.askPassphrase?.(file.path);
    if (asked === undefined) throw error;
    return await unlockKey(file, asked);
  }
};

const agentKeysOf = async (socket: string | undefined, remarks: string[]): Promise<readonly AgentKey[]> => {
  if (socket === undefined || socket === '') return [];
  try {
    return await listAgentKeys(socket);
  } catch (error) {
    remarks.push(
      `no agent answers at SSH_AUTH_SOCK (${error instanceof Error ? error.message : String(error)})`,
    );
    return [];
  }
};

const exists = (file: string): Promise<boolean> =>
  access(expandHome(file)).then(
    () => true,
    () => false,
  );

/**
 * The ways to log in, in ssh's order: the key file that is given (from the agent where only the agent can unlock it), the
 * agent's other keys, the default identities where no key file is given, then the password.
 * A key is unlocked only when its turn comes.
 *
 * @param remarks  gets a line for each source that could not be used
 * @throws KeyProblem when the key file that is given cannot be used
 */
export async function* loginAttempts(
  settings: ConnectionSettings,
  sources: LoginSources,
  remarks: string[],
): AsyncGenerator<LoginAttempt, void, undefined> {
  const { user: username, password, passphrase, privateKeyFile } = settings;
  const agentKeys = await agentKeysOf(sources.agentSocket, remarks);
  const fromAgent = ({ label, agent }: AgentKey): LoginAttempt => ({
    label: `agent key ${label}`,
    auth: { type: 'agent', username, agent },
  });
  const used = new Set<AgentKey>();
  async function* keyFile(file: string): AsyncGenerator<LoginAttempt> {
    const key = await readKeyFile(file);
    const held = agentKeys.find(({ publicKey }) => key.publicKey?.equals(publicKey) === true);
    if (held !== undefined && key.isEncrypted && passphrase === undefined) {
      if (!used.has(held)) yield fromAgent(held);
      used.add(held);
      return;
    }
    if (held !== undefined) used.add(held);
    const unlocked = await unlockAsking(key, passphrase, sources);
    // NOTE: the type wants text; an unlocked key is taken as it is, and is not unlocked (slowly) a second time.
    yield {
      label: `key ${key.path}`,
      auth: { type: 'publickey', username, key: unlocked as unknown as Buffer },
    };
  }
  if (privateKeyFile !== undefined) yield* keyFile(privateKeyFile);
  for (const key of agentKeys) {
    if (used.has(key)) continue;
    used.add(key);
    yield fromAgent(key);
  }
  if (privateKeyFile === undefined) {
    for (const file of sources.identityFiles) {
      if (!(await exists(file))) continue;
      try {
        yield* keyFile(file);
      } catch (error) {
        if (!(error instanceof KeyProblem)) throw error;
        remarks.push(error.message);
      }
    }
  }
  if (password === undefined) return;
  yield { label: 'password', auth: { type: 'password', username, password } };
  yield { label: 'keyboard-interactive', auth: passwordPrompt(username, password) };
}
