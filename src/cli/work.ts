import { homedir, userInfo } from 'node:os';
import { HostVariables, type VariableSources } from '../engine/host-variables.ts';
import type { HostAccess, HostWork } from '../engine/run-options.ts';
import { resolveConnection } from '../inventory/connection.ts';
import type { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host } from '../model/host.ts';
import type { Play } from '../model/play.ts';
import type { TargetedPlay } from './load-project.ts';
import { checkLogins, withLogin } from './login-keywords.ts';
import type { Passwords } from './passwords.ts';
import type { RunRequest } from './run-request.ts';
import { shellWord } from './shell-word.ts';

/** The hosts to be run on, and what is wrong with the ways to them. */
export interface PreparedWork {
  readonly work: readonly HostWork[];
  readonly diagnostics: readonly Diagnostic[];
  /** Hosts that there is no way to, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

/** What the command line says of the ways to hosts. */
export type AccessRequest = Pick<
  RunRequest,
  'inventory' | 'user' | 'privateKey' | 'become' | 'acceptNewHostKeys' | 'connectTimeoutMs' | 'sshConfigFile'
>;

/** How to get to a host, by its variables in a play. */
export const resolveAccess = (
  host: Host,
  play: Play,
  variables: VariableSources,
  request: AccessRequest,
  passwords: Passwords,
  sshConfig: SshConfig | undefined,
): { readonly access: HostAccess | undefined; readonly diagnostics: readonly Diagnostic[] } => {
  const { settings, becomePassword, diagnostics } = resolveConnection(
    host.name,
    withLogin(new HostVariables(host, variables).playScope(play), play),
    {
      user: request.user,
      localUser: userInfo().username,
      sshConfig,
      sshConfigFile: request.sshConfigFile,
      privateKeyFile: request.privateKey,
      password: passwords.login,
      acceptNewHostKeys: request.acceptNewHostKeys,
      connectTimeoutMs: request.connectTimeoutMs,
      trustCommand: `syn-deploy trust ${shellWord(request.inventory)}`,
      become: request.become,
      becomePassword: passwords.become,
      home: homedir(),
    },
    variables.inventoryLayers(host, play),
  );
  return { access: settings === undefined ? undefined : { settings, becomePassword }, diagnostics };
};

/**
 * The hosts of the plays, in the order of the first play that has them, each with its plays and the way to it. A host's
 * connection variables are those it has in its first play.
 *
 * @param sshConfig  undefined: none is read, and no program of it is run
 */
export const prepareWork = (
  plays: readonly TargetedPlay[],
  variables: VariableSources,
  request: RunRequest,
  passwords: Passwords,
  sshConfig: SshConfig | undefined,
): PreparedWork => {
  const hosts = [...new Map(plays.flatMap((one) => one.hosts).map((host) => [host.name, host])).values()];
  const allPlays = plays.map(({ play }) => play);
  const diagnostics: Diagnostic[] = [];
  const refused = new Map<string, string>();
  const work = hosts.flatMap((host): HostWork[] => {
    const mine = plays.filter((one) => one.hosts.includes(host)).map(({ play }) => play);
    const resolved = resolveAccess(host, mine[0] as Play, variables, request, passwords, sshConfig);
    diagnostics.push(...resolved.diagnostics);
    if (resolved.access?.settings.kind === 'ssh')
      diagnostics.push(
        ...checkLogins(host.name, mine, (play) => new HostVariables(host, variables).playScope(play)),
      );
    const { access } = resolved;
    if (access === undefined) {
      refused.set(host.name, resolved.diagnostics.map(({ message }) => message).join('; '));
      return [];
    }
    const isLocal = mine.every((play) => play.isLocal === true);
    const settings = isLocal ? { ...access.settings, kind: 'local' as const } : access.settings;
    return [{ host, plays: mine, allPlays, access: { ...access, settings } }];
  });
  return { work, diagnostics, refused };
};
