import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SshMachine } from '../../model/ssh-machine.ts';
import {
  BadExpansion,
  expandTilde,
  expandTokens,
  expandVariables,
  type TokenSource,
  type Tokens,
  tokensOf,
} from './expand.ts';
import { type JumpHost, readJumpHosts } from './jump-hosts.ts';
import type { SshOption } from './option.ts';
import type { HostOptions } from './ssh-config.ts';
import { readTimeSpan } from './time-span.ts';

/** What ssh's configuration says of a host, with its types. undefined: it says nothing. */
export interface SshSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[] | undefined;
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** A socket; null: no agent. */
  readonly identityAgent: string | null | undefined;
  /** The hosts on the way, the first to connect to first. */
  readonly jumpHosts: readonly JumpHost[];
  /** A command whose standard input and output are the line to the host. */
  readonly proxyCommand: string | undefined;
  readonly userKnownHostsFiles: readonly string[] | undefined;
  readonly globalKnownHostsFiles: readonly string[] | undefined;
  readonly strictHostKeyChecking: 'yes' | 'ask' | 'accept-new' | 'no' | undefined;
  readonly hostKeyAlias: string | undefined;
  readonly connectTimeoutS: number | undefined;
  readonly serverAliveIntervalS: number | undefined;
  readonly serverAliveCountMax: number | undefined;
  readonly addressFamily: 4 | 6 | undefined;
  readonly bindAddress: string | undefined;
  /** The socket of another agent than the one that logs in. */
  readonly forwardAgent: boolean | string;
  /** Where an option stands, for messages. */
  origin(name: string): string | undefined;
  readonly problems: readonly Diagnostic[];
}

const isNone = (text: string): boolean => text.toLowerCase() === 'none';

const isYes = (text: string | undefined): boolean => /^(?:yes|true)$/i.test(text ?? '');

const strictness = (text: string | undefined): SshSettings['strictHostKeyChecking'] => {
  const word = text?.toLowerCase();
  if (word === undefined || word === 'ask' || word === 'accept-new') return word;
  return isYes(word) ? 'yes' : 'no';
};

/** Reads the options of one host. */
class SettingsReader {
  readonly problems: Diagnostic[];
  readonly #options: HostOptions['options'];
  readonly #machine: SshMachine;

  constructor({ options, problems }: HostOptions, machine: SshMachine) {
    this.#options = options;
    this.#machine = machine;
    this.problems = [...problems];
  }

  option(name: string): SshOption | undefined {
    return this.#options.get(name)?.[0];
  }

  text(name: string): string | undefined {
    return this.option(name)?.values[0];
  }

  problem(name: string, problem: Pick<Diagnostic, 'severity' | 'message' | 'hint'>): void {
    this.problems.push({ code: 'bad-ssh-config', span: this.option(name)?.span, ...problem });
  }

  seconds(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined || text === 'none' ? undefined : readTimeSpan(text);
  }

  count(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** A value that cannot be expanded is a problem, and stays as it is. */
  #expanded(name: string, text: string, expand: (text: string) => string): string {
    try {
      return expand(text);
    } catch (error) {
      if (!(error instanceof BadExpansion)) throw error;
      this.problem(name, { severity: 'error', message: error.message, hint: undefined });
      return text;
    }
  }

  tokens(name: string, text: string, tokens: Tokens): string {
    return this.#expanded(name, text, (value) => expandTokens(value, tokens));
  }

  path(name: string, text: string, tokens: Tokens): string {
    return this.#expanded(name, text, (value) =>
      expandVariables(expandTokens(expandTilde(value, this.#machine), tokens), this.#machine.env),
    );
  }

  /** All files of an option; `none` means none. */
  paths(name: string, tokens: Tokens): readonly string[] | undefined {
    const values = this.#options.get(name)?.flatMap((option) => option.values);
    if (values === undefined) return undefined;
    return values.filter((value) => !isNone(value)).map((value) => this.path(name, value, tokens));
  }

  agent(name: string, text: string, tokens: Tokens): string | null | undefined {
    if (text === 'SSH_AUTH_SOCK') return undefined;
    if (isNone(text)) return null;
    const [, variable] = /^\$([A-Za-z_]\w*)$/.exec(text) ?? [];
    return variable === undefined ? this.path(name, text, tokens) : (this.#machine.env(variable) ?? null);
  }
}

/** Options that would change what is reached or how safely, and cannot be followed. */
const checkUnsupported = (reader: SettingsReader, hasCommand: boolean): void => {
  if (/^(?:yes|true|always)$/i.test(reader.text('canonicalizehostname') ?? ''))
    reader.problem('canonicalizehostname', {
      severity: 'warning',
      message: '"CanonicalizeHostname" is not followed: names are looked up as they are',
      hint: 'give the whole name: ansible_host in the inventory, or HostName here',
    });
  if (reader.option('bindinterface') !== undefined && reader.option('bindaddress') === undefined)
    reader.problem('bindinterface', {
      severity: 'warning',
      message: '"BindInterface" is not followed',
      hint: 'BindAddress with an address of that interface is',
    });
  const revoked = reader.text('revokedhostkeys');
  if (revoked !== undefined && !isNone(revoked))
    reader.problem('revokedhostkeys', {
      severity: 'error',
      message: '"RevokedHostKeys" cannot be followed, and without it keys would be taken that are revoked',
      hint: '@revoked lines in a known_hosts file are followed; --ssh-config none reads no configuration',
    });
  if (hasCommand && isYes(reader.text('proxyusefdpass')))
    reader.problem('proxyusefdpass', {
      severity: 'error',
      message: '"ProxyUseFdpass" is not supported',
      hint: 'let the command pass the line through its standard input and output',
    });
  const refusal = reader.text('refuseconnection');
  if (refusal !== undefined)
    reader.problem('refuseconnection', {
      severity: 'error',
      message: `ssh's configuration refuses this host: ${refusal}`,
      hint: undefined,
    });
};

/** A host cannot be the way to itself; a longer round is found when the way is followed. */
const checkLoop = (reader: SettingsReader, source: TokenSource, last: JumpHost | undefined): void => {
  if (last === undefined || last.host !== source.host) return;
  if ((last.port ?? 22) !== source.port || (last.user ?? source.user) !== source.user) return;
  reader.problem('proxyjump', {
    severity: 'error',
    message: `"ProxyJump" of ${source.host} leads through the same host`,
    hint: 'ProxyJump none for that host, before the lines that say this for all',
  });
};

/** Reads what applies to a host, all tokens and paths expanded. */
export const readSshSettings = (found: HostOptions, machine: SshMachine): SshSettings => {
  const reader = new SettingsReader(found, machine);
  const text = (name: string): string | undefined => reader.text(name);
  const jump = text('proxyjump') ?? 'none';
  const hops = isNone(jump) ? [] : (readJumpHosts(jump) ?? []);
  const { originalHost, host } = found;
  const source = {
    ...{ originalHost, host, user: text('user') ?? machine.localUser, port: Number(text('port') ?? 22) },
    ...{ jumpHost: hops.at(-1)?.host ?? '', hostKeyAlias: text('hostkeyalias')?.toLowerCase() },
  };
  const tokens = tokensOf(source, machine);
  const command = text('proxycommand');
  const hasCommand = command !== undefined && !isNone(command) && hops.length === 0;
  const ofHop = (value: string): string => reader.tokens('proxyjump', value, tokens);
  const agent = text('identityagent');
  const forward = text('forwardagent') ?? 'no';
  const family = text('addressfamily')?.toLowerCase();
  const knownHosts = reader.paths('userknownhostsfile', tokens);
  checkUnsupported(reader, hasCommand);
  checkLoop(reader, source, hops.at(-1));
  return {
    host,
    port: source.port,
    user: source.user,
    identityFiles: reader.paths('identityfile', tokens),
    certificateFiles: reader.paths('certificatefile', tokens) ?? [],
    identitiesOnly: isYes(text('identitiesonly')),
    identityAgent: agent === undefined ? undefined : reader.agent('identityagent', agent, tokens),
    jumpHosts: hops.map((hop) => ({
      ...hop,
      host: ofHop(hop.host),
      user: hop.user === undefined ? undefined : ofHop(hop.user),
    })),
    proxyCommand: hasCommand ? reader.tokens('proxycommand', command, tokens) : undefined,
    userKnownHostsFiles: knownHosts,
    globalKnownHostsFiles: reader.option('globalknownhostsfile')?.values.filter((value) => !isNone(value)),
    strictHostKeyChecking: strictness(text('stricthostkeychecking')),
    hostKeyAlias: source.hostKeyAlias,
    connectTimeoutS: reader.seconds('connecttimeout'),
    serverAliveIntervalS: reader.seconds('serveraliveinterval'),
    serverAliveCountMax: reader.count('serveralivecountmax'),
    addressFamily: family === 'inet' ? 4 : family === 'inet6' ? 6 : undefined,
    bindAddress: text('bindaddress'),
    forwardAgent: /^(?:yes|true|no|false)$/i.test(forward)
      ? isYes(forward)
      : (reader.agent('forwardagent', forward, tokens) ?? true),
    origin: (name) => reader.option(name)?.origin,
    problems: reader.problems,
  };
};
