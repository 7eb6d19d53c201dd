import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { keyFingerprint } from '../util/ssh-key.ts';
import { loadSsh2 } from './load-ssh2.ts';

/** A key that an agent holds. */
export interface AgentKey {
  /** For messages: fingerprint and comment. */
  readonly label: string;
  /** Wire format. */
  readonly publicKey: Buffer;
  /** An agent that knows this key only, so that a login tries one key at a time. */
  readonly agent: BaseAgent<ParsedKey>;
}

const identitiesOf = (
  agent: BaseAgent,
  parse: (key: Buffer | string) => ParsedKey | Error,
): Promise<readonly ParsedKey[]> =>
  new Promise((resolve, reject) => {
    agent.getIdentities((error, keys) => {
      if (error != null) return reject(error);
      const parsed = (keys ?? []).map((key) =>
        typeof key === 'string' || Buffer.isBuffer(key) ? parse(key) : key,
      );
      resolve(parsed.filter((key): key is ParsedKey => !(key instanceof Error)));
    });
  });

/**
 * The keys that the agent at a socket holds (of types that can be used).
 *
 * @throws Error when nothing answers there
 */
export const listAgentKeys = async (socketPath: string): Promise<readonly AgentKey[]> => {
  const { BaseAgent, createAgent, utils } = await loadSsh2();
  const agent = createAgent(socketPath);
  class OneKeyAgent extends BaseAgent<ParsedKey> {
    readonly key: ParsedKey;
    constructor(key: ParsedKey) {
      super();
      this.key = key;
    }
    override getIdentities(callback: IdentityCallback<ParsedKey>): void {
      callback(null, [this.key]);
    }
    override sign(
      publicKey: ParsedKey,
      data: Buffer,
      options: SigningRequestOptions | SignCallback,
      callback?: SignCallback,
    ): void {
      if (typeof options === 'function') agent.sign(publicKey, data, options);
      else agent.sign(publicKey, data, options, callback);
    }
  }
  const keys = await identitiesOf(agent, (key) => utils.parseKey(key));
  return keys.map((key) => {
    const publicKey = key.getPublicSSH();
    const comment = key.comment === '' || key.comment === undefined ? '' : ` (${key.comment})`;
    return { label: `${keyFingerprint(publicKey)}${comment}`, publicKey, agent: new OneKeyAgent(key) };
  });
};
