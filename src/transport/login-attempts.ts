import { access } from 'node:fs/promises';
import type { AnyAuthMethod, KeyboardInteractiveAuthMethod, ParsedKey } from 'ssh2';
import type { ConnectionSettings } from '../model/transport.ts';
import { type AgentKey, listAgentKeys } from './agent-keys.ts';
import { certifiedKey, findCertificates } from './certificates.ts';
import { expandHome, shortenHome } from './home-path.ts';
import {
  isPrivateKeyFile,
  type KeyFile,
  KeyProblem,
  readKeyFile,
  readPublicKey,
  unlockKey,
} from './private-key.ts';

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

const agentKeysOf = async (
  [socket, name]: readonly [socket: string | undefined, name: string],
  remarks: string[],
): Promise<readonly AgentKey[]> => {
  if (socket === undefined || socket === '') return [];
  try {
    return await listAgentKeys(socket);
  } catch (error) {
    remarks.push(`no agent answers at ${name} (${error instanceof Error ? error.message : String(error)})`);
    return [];
  }
};

const exists = (file: string): Promise<boolean> =>
  access(expandHome(file)).then(
    () => true,
    () => false,
  );

/** The socket to ask, and its name for messages. */
const agentOf = (
  { agentSocket: own }: ConnectionSettings,
  { agentSocket }: LoginSources,
): readonly [socket: string | undefined, name: string] => {
  if (own === null) return [undefined, ''];
  return own === undefined ? [agentSocket, 'SSH_AUTH_SOCK'] : [own, `IdentityAgent ${own}`];
};

/** Goes through the keys of one login. */
class KeyAttempts {
  readonly #settings: ConnectionSettings;
  readonly #sources: LoginSources;
  readonly #agentKeys: readonly AgentKey[];
  readonly #used = new Set<AgentKey>();

  constructor(settings: ConnectionSettings, sources: LoginSources, agentKeys: readonly AgentKey[]) {
    this.#settings = settings;
    this.#sources = sources;
    this.#agentKeys = agentKeys;
  }

  *#fromAgent(key: AgentKey): Generator<LoginAttempt> {
    if (this.#used.has(key)) return;
    this.#used.add(key);
    const { label, agent } = key;
    const { user: username } = this.#settings;
    yield { label: `agent key ${label}`, auth: { type: 'agent', username, agent } };
  }

  #heldAs(publicKey: Buffer | undefined): AgentKey | undefined {
    return publicKey === undefined
      ? undefined
      : this.#agentKeys.find((key) => key.publicKey.equals(publicKey));
  }

  /** The key of a file, with its passphrase, or from the agent where only that can unlock it. @throws KeyProblem */
  async *file(file: string, passphrase: string | undefined): AsyncGenerator<LoginAttempt> {
    const key = await readKeyFile(file);
    const held = this.#heldAs(key.publicKey);
    if (held !== undefined && (this.#used.has(held) || (key.isEncrypted && passphrase === undefined))) {
      yield* this.#fromAgent(held);
      return;
    }
    if (held !== undefined) this.#used.add(held);
    const unlocked = await unlockAsking(key, passphrase, this.#sources);
    const files = [`${file}-cert.pub`, ...(this.#settings.certificateFiles ?? [])];
    for (const certificate of await findCertificates(files, unlocked.getPublicSSH()))
      yield this.#fromKey(
        `key ${key.path} with the certificate ${shortenHome(certificate.file)}`,
        certifiedKey(unlocked, certificate),
      );
    yield this.#fromKey(`key ${key.path}`, unlocked);
  }

  #fromKey(label: string, key: ParsedKey): LoginAttempt {
    // NOTE: the type wants text; an unlocked key is taken as it is, and is not unlocked (slowly) a second time.
    return {
      label,
      auth: { type: 'publickey', username: this.#settings.user, key: key as unknown as Buffer },
    };
  }

  /** A file that is tried where it is there; of one whose public half alone is there, the agent may hold the key. */
  async *mayBe(file: string, remarks: string[]): AsyncGenerator<LoginAttempt> {
    if (!(await isPrivateKeyFile(file))) {
      const held = this.#heldAs(await readPublicKey(file));
      if (held !== undefined) yield* this.#fromAgent(held);
      if (held !== undefined || !(await exists(file))) return;
    }
    try {
      yield* this.file(file, undefined);
    } catch (error) {
      if (!(error instanceof KeyProblem)) throw error;
      remarks.push(error.message);
    }
  }

  *agent(): Generator<LoginAttempt> {
    for (const key of this.#agentKeys) yield* this.#fromAgent(key);
  }
}

/**
 * The ways to log in, in ssh's order: the key file that is given (from the agent where only the agent can unlock it), those that
 * ssh's configuration names, the agent's other keys, the default identities where no key file is given, then the password.
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
  const { user: username, password, passphrase, privateKeyFile, identityFiles } = settings;
  const keys = new KeyAttempts(settings, sources, await agentKeysOf(agentOf(settings, sources), remarks));
  if (privateKeyFile !== undefined) yield* keys.file(privateKeyFile, passphrase);
  const given = privateKeyFile === undefined ? undefined : expandHome(privateKeyFile);
  for (const file of identityFiles ?? []) if (expandHome(file) !== given) yield* keys.mayBe(file, remarks);
  const defaults = privateKeyFile === undefined && identityFiles === undefined ? sources.identityFiles : [];
  // Of an agent that may only be asked for keys of files, none is left over.
  if (settings.identitiesOnly !== true) yield* keys.agent();
  for (const file of defaults) yield* keys.mayBe(file, remarks);
  if (password === undefined) return;
  yield { label: 'password', auth: { type: 'password', username, password } };
  yield { label: 'keyboard-interactive', auth: passwordPrompt(username, password) };
}
