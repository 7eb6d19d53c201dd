import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import { type LoginAttempt, type LoginSources, loginAttempts } from './login-attempts.ts';
import { KeyProblem } from './private-key.ts';
import type { LoginChoices } from './ssh-client.ts';

/** The host's word for a way to log in: keys of an agent are keys. */
const methodOf = ({ auth }: LoginAttempt): string => (auth.type === 'agent' ? 'publickey' : auth.type);

const agentProblem = (
  { agentSocket: own, identitiesOnly }: ConnectionSettings,
  sources: LoginSources,
): string => {
  if (own === null) return 'IdentityAgent is none';
  if ((own ?? sources.agentSocket) === undefined) return 'no agent runs (SSH_AUTH_SOCK)';
  return identitiesOnly === true
    ? 'the agent holds no key of these files (IdentitiesOnly)'
    : 'the agent holds no key';
};

const nothingToTry = (settings: ConnectionSettings, sources: LoginSources): string =>
  [
    settings.privateKeyFile === undefined ? 'no key file is given' : undefined,
    agentProblem(settings, sources),
    settings.privateKeyFile === undefined
      ? `there is no key at ${(settings.identityFiles ?? sources.identityFiles).join(', ') || 'the usual places'}`
      : undefined,
    settings.password === undefined ? 'no password is given' : undefined,
  ]
    .filter((text) => text !== undefined)
    .join(', ');

/** Goes through the ways to log in to one host, and keeps a record of them for the message. */
export const createLogin = (settings: ConnectionSettings, sources: LoginSources): LoginChoices => {
  const remarks: string[] = [];
  const tried: string[] = [];
  let taken: readonly string[] | undefined;
  const attempts = loginAttempts(settings, sources, remarks);
  return {
    async next(allowed) {
      if (allowed !== undefined) taken = allowed;
      try {
        for (;;) {
          const step = await attempts.next();
          if (step.done === true) return undefined;
          if (taken !== undefined && !taken.includes(methodOf(step.value))) continue;
          tried.push(step.value.label);
          return step.value.auth;
        }
      } catch (error) {
        if (!(error instanceof KeyProblem)) throw error;
        throw new Unreachable('login', error.message, error.hint, { cause: error });
      }
    },
    refused() {
      const { host, user, origins } = settings;
      const origin = origins?.find((one) => one.startsWith('User '));
      const said = [
        tried.length > 0
          ? `tried: ${tried.join(', ')}`
          : `nothing to try: ${nothingToTry(settings, sources)}`,
        ...remarks,
        ...(taken === undefined ? [] : [`the host takes: ${taken.join(', ')}`]),
      ];
      const hint =
        tried.length > 0
          ? `is ${user} the right account, and is one of these keys in its ~/.ssh/authorized_keys on the host?`
          : 'give a key (ansible_ssh_private_key_file, --private-key), load one into an agent (ssh-add), or give ansible_password';
      const account = origin === undefined ? user : `${user} (${origin})`;
      return new Unreachable('login', `${host} refused the login of ${account}; ${said.join('; ')}`, hint);
    },
  };
};
