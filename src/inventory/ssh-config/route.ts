import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ConnectionSettings, HostProxy } from '../../model/transport.ts';
import { type JumpHost, renderJumpHost } from './jump-hosts.ts';
import type { SshOption } from './option.ts';
import { readSshSettings, type SshSettings } from './settings.ts';
import type { HostQuery, SshConfig } from './ssh-config.ts';

/** What holds for every host on the way. */
export interface RouteOptions {
  readonly acceptNewHostKeys: boolean;
  readonly connectTimeoutMs?: number | undefined;
  readonly knownHostsFiles?: readonly string[] | undefined;
  /** As ConnectionSettings has it. */
  readonly trustCommand?: string | undefined;
}

export interface Route {
  readonly settings: ConnectionSettings;
  readonly problems: readonly Diagnostic[];
}

/** Where neither a variable nor an option nor ssh's configuration says how long to wait. */
export const defaultConnectTimeoutMs = 10_000;

/** Keeps a jump host that needs itself from going round for ever. */
const mostJumps = 16;

const defaultCount = 3;

const keepaliveOf = ({
  serverAliveIntervalS: intervalS,
  serverAliveCountMax: count,
}: SshSettings): ConnectionSettings['keepalive'] =>
  intervalS === undefined ? undefined : { intervalMs: intervalS * 1000, count: count ?? defaultCount };

const knownHostsOf = (
  { userKnownHostsFiles: ofUser, globalKnownHostsFiles: ofSystem }: SshSettings,
  home: string,
): readonly string[] | undefined => {
  if (ofUser === undefined && ofSystem === undefined) return undefined;
  return [
    ...(ofUser ?? [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`]),
    ...(ofSystem ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
  ];
};

const originOptions: Readonly<Record<string, string>> = {
  hostname: 'HostName',
  port: 'Port',
  user: 'User',
  proxyjump: 'ProxyJump',
  proxycommand: 'ProxyCommand',
  hostkeyalias: 'HostKeyAlias',
};

/** `HostName at ~/.ssh/config:3`; what variables say needs no such words. */
const originsOf = (settings: SshSettings): readonly string[] | undefined => {
  const origins = Object.entries(originOptions).flatMap(([name, shown]) => {
    const origin = settings.origin(name);
    return origin === undefined || !/:\d+$/.test(origin) ? [] : [`${shown} at ${origin}`];
  });
  return origins.length === 0 ? undefined : origins;
};

const checkingIsOff = (option: SshOption | undefined): Diagnostic => ({
  severity: 'warning',
  code: 'host-keys-are-checked',
  message: `"StrictHostKeyChecking=${option?.values[0] ?? 'no'}" has no effect: host keys are always checked`,
  span: option?.span,
  hint: '--accept-new-host-keys adds those of new hosts, and so does "accept-new" here',
});

const asOption = (name: string, value: string | number | undefined, origin: string): readonly SshOption[] =>
  value === undefined ? [] : [{ name, values: [String(value)], span: undefined, origin }];

/** A jump host is asked for as ssh asks: by its name, with what is written beside it, and the hosts before it on its way. */
const hopQuery = (hops: readonly JumpHost[], file: string | undefined, origin: string): HostQuery => {
  const { host = '', user, port } = hops.at(-1) ?? {};
  const before = hops.slice(0, -1).map(renderJumpHost).join(',');
  return {
    host,
    file,
    commandLine: [
      ...asOption('user', user, origin),
      ...asOption('port', port, origin),
      ...asOption('proxyjump', before === '' ? undefined : before, origin),
    ],
  };
};

/**
 * The way to a host, through jump hosts where ssh's configuration says so.
 *
 * @param jumps  how many hosts are behind this one on the way already
 */
export const routeTo = (query: HostQuery, config: SshConfig, options: RouteOptions, jumps = 0): Route => {
  const found = config.optionsOf(query);
  const settings = readSshSettings(found, config.machine);
  const problems: Diagnostic[] = [...settings.problems];
  const strict = settings.strictHostKeyChecking;
  if (strict === 'no') problems.push(checkingIsOff(found.options.get('stricthostkeychecking')?.[0]));
  const proxy = (): HostProxy | undefined => {
    if (settings.proxyCommand !== undefined) return { kind: 'command', command: settings.proxyCommand };
    if (settings.jumpHosts.length === 0) return undefined;
    const origin = settings.origin('proxyjump') ?? '';
    if (jumps >= mostJumps) {
      const message = `the way to "${query.host}" goes through more than ${mostJumps} jump hosts; does one of them need itself?`;
      const span = found.options.get('proxyjump')?.[0]?.span;
      problems.push({ severity: 'error', code: 'bad-ssh-config', message, span });
      return undefined;
    }
    const via = routeTo(hopQuery(settings.jumpHosts, query.file, origin), config, options, jumps + 1);
    problems.push(...via.problems);
    return { kind: 'jump', via: via.settings };
  };
  // To ssh, 0 is no bound of its own.
  const timeoutS = settings.connectTimeoutS === 0 ? undefined : settings.connectTimeoutS;
  return {
    problems,
    settings: {
      kind: 'ssh',
      host: query.host,
      address: settings.host,
      port: settings.port,
      user: settings.user,
      knownHostsFiles: knownHostsOf(settings, config.machine.home) ?? options.knownHostsFiles,
      acceptNewHostKeys: options.acceptNewHostKeys || strict === 'accept-new',
      connectTimeoutMs:
        timeoutS === undefined ? (options.connectTimeoutMs ?? defaultConnectTimeoutMs) : timeoutS * 1000,
      identityFiles: settings.identityFiles,
      certificateFiles: settings.certificateFiles.length === 0 ? undefined : settings.certificateFiles,
      identitiesOnly: settings.identitiesOnly || undefined,
      agentSocket: settings.identityAgent,
      hostKeyAlias: settings.hostKeyAlias,
      addressFamily: settings.addressFamily,
      bindAddress: settings.bindAddress,
      keepalive: keepaliveOf(settings),
      forwardAgent: settings.forwardAgent === false ? undefined : settings.forwardAgent,
      proxy: proxy(),
      trustCommand: options.trustCommand,
      origins: originsOf(settings),
    },
  };
};
