import type { LoginSources } from '../transport/login-attempts.ts';
import { ask } from './ask.ts';
import type { Io } from './io.ts';

/** Where keys come from besides files: the agent of the environment, and who is at the terminal. */
export const readLogins = (io: Io): Pick<LoginSources, 'agentSocket' | 'askPassphrase'> => ({
  agentSocket: io.env['SSH_AUTH_SOCK'],
  askPassphrase:
    io.stdin.isTTY === true ? (key) => ask(`Passphrase of ${key}`, io, { hidden: true }) : undefined,
});
