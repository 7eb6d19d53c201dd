import type { Transport } from '../model/transport.ts';
import type { JumpHosts } from './jump-hosts.ts';
import { connectLocal } from './local.ts';
import { defaultIdentityFiles, type LoginSources } from './login-attempts.ts';

export interface TransportOptions {
  /** SSH_AUTH_SOCK of the environment. Default: no agent. */
  readonly agentSocket?: string | undefined;
  /** Key files to try where a host names none. Default: those that ssh tries. */
  readonly identityFiles?: readonly string[] | undefined;
  /** Asks for a key's passphrase, once a file; undefined: there is none. Default: nobody is asked. */
  readonly askPassphrase?: ((keyFile: string) => Promise<string | undefined>) | undefined;
}

/** One question a file, however many hosts want the key at once; one after the other. */
const askOnce = (ask: NonNullable<TransportOptions['askPassphrase']>): LoginSources['askPassphrase'] => {
  const answers = new Map<string, Promise<string | undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  return (keyFile) => {
    const known = answers.get(keyFile);
    if (known !== undefined) return known;
    const answer = last.then(() => ask(keyFile));
    last = answer.catch(() => undefined);
    answers.set(keyFile, answer);
    return answer;
  };
};

/** As `createTransports` takes them, with the defaults. */
export const loginSources = (options: TransportOptions = {}): LoginSources => ({
  agentSocket: options.agentSocket === '' ? undefined : options.agentSocket,
  identityFiles: options.identityFiles ?? defaultIdentityFiles,
  askPassphrase: options.askPassphrase === undefined ? undefined : askOnce(options.askPassphrase),
});

/**
 * Connects to hosts by ssh or runs scripts here, as a host's settings say. ssh is loaded with the first such host. Disposing
 * ends the connections to jump hosts, which are kept for all hosts behind them.
 */
export const createTransports = (options: TransportOptions = {}): Transport & AsyncDisposable => {
  const sources = loginSources(options);
  let jumpHosts: JumpHosts | undefined;
  return {
    async connect(settings, signal) {
      if (settings.kind === 'local') return connectLocal();
      const [{ connectSsh }, { createJumpHosts }] = await Promise.all([
        import('./ssh.ts'),
        import('./jump-hosts.ts'),
      ]);
      jumpHosts ??= createJumpHosts(sources);
      return await connectSsh(settings, sources, jumpHosts.open, signal);
    },
    [Symbol.asyncDispose]: async () => await jumpHosts?.[Symbol.asyncDispose](),
  };
};
