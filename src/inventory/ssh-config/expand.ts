import type { SshMachine } from '../../model/ssh-machine.ts';
import { sha1 } from '../../util/sha1.ts';

/** What the tokens of ssh's configuration stand for. @see ssh_config(5), TOKENS */
export type Tokens = Readonly<Record<string, string>>;

/** A text with a token or a variable that means nothing. */
export class BadExpansion extends Error {
  override readonly name = 'BadExpansion';
}

export interface TokenSource {
  /** As it was asked for. */
  readonly originalHost: string;
  /** After `HostName`. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly jumpHost: string;
  readonly hostKeyAlias: string | undefined;
}

/** All that most options may contain. */
export const tokensOf = (source: TokenSource, machine: SshMachine): Tokens => {
  const { originalHost, host, port, user, jumpHost, hostKeyAlias } = source;
  const { home, localUser, userId, hostName } = machine;
  return {
    d: home,
    h: host,
    i: String(userId),
    j: jumpHost,
    k: hostKeyAlias ?? originalHost,
    l: hostName,
    L: hostName.replace(/\..*$/, ''),
    n: originalHost,
    p: String(port),
    r: user,
    u: localUser,
    // Seldom used, and the dearest.
    get C() {
      return sha1(new TextEncoder().encode(`${hostName}${host}${port}${user}${jumpHost}`));
    },
  };
};

/** @throws BadExpansion for a token that there is not */
export const expandTokens = (text: string, tokens: Tokens): string =>
  text.replaceAll(/%(.?)/gs, (token, key: string) => {
    if (key === '%') return '%';
    const value = Object.hasOwn(tokens, key) ? tokens[key] : undefined;
    if (value === undefined) throw new BadExpansion(`"${token}" in "${text}" stands for nothing`);
    return value;
  });

/** `${NAME}`. @throws BadExpansion for a variable that is not set */
export const expandVariables = (text: string, env: SshMachine['env']): string =>
  text.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = env(name);
    if (value === undefined) throw new BadExpansion(`the variable ${name} in "${text}" is not set`);
    return value;
  });

/** `~`, `~/…`, `~user/…`. @throws BadExpansion for an account that there is not */
export const expandTilde = (text: string, machine: Pick<SshMachine, 'home' | 'homeOf'>): string => {
  const [, user, rest] = /^~([^/]*)(?:\/+(.*))?$/s.exec(text) ?? [];
  if (user === undefined) return text;
  const home = user === '' ? machine.home : machine.homeOf(user);
  if (home === undefined) throw new BadExpansion(`there is no account "${user}" for "${text}"`);
  return `${home}/${rest ?? ''}`;
};
