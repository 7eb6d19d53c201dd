import type { Diagnostic } from '../model/diagnostic.ts';
import type { Variables } from '../model/located.ts';
import type { Span } from '../model/span.ts';
import { TemplateError } from '../model/template-error.ts';
import type { ConnectionSettings } from '../model/transport.ts';
import { Blocked } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';
import { readSshArgs } from './ssh-args.ts';
import { localMachine } from './ssh-config/no-files.ts';
import type { SshOption } from './ssh-config/option.ts';
import { defaultConnectTimeoutMs, routeTo } from './ssh-config/route.ts';
import { SshConfig } from './ssh-config/ssh-config.ts';

/** What the command line and the machine say; variables of the host are stronger, as in Ansible. */
export interface ConnectionOptions {
  /** `--user` */
  readonly user?: string | undefined;
  /** The account that runs syn-deploy, where nothing else is said. */
  readonly localUser: string;
  readonly port?: number | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly knownHostsFiles?: readonly string[] | undefined;
  readonly acceptNewHostKeys: boolean;
  /** As ConnectionSettings has it. */
  readonly trustCommand?: string | undefined;
  /** `--timeout` */
  readonly connectTimeoutMs?: number | undefined;
  /** ssh's configuration. Default: none is read. */
  readonly sshConfig?: SshConfig | undefined;
  /** `--ssh-config`: the file to read instead of the user's and the system's, or `none`. */
  readonly sshConfigFile?: string | undefined;
  /** `--become`; undefined: as the host's variables say. */
  readonly become?: boolean | undefined;
  readonly becomePassword?: string | undefined;
  /** For `~/` in paths. */
  readonly home?: string | undefined;
}

export interface ResolvedConnection {
  /** undefined where a variable is wrong. */
  readonly settings: ConnectionSettings | undefined;
  /** `ansible_become` or `--become`; what tasks say comes on top. */
  readonly become: boolean;
  readonly becomeUser: string;
  readonly becomePassword: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** Reads connection variables with their types; what is wrong is a diagnostic at its place. */
class VariableReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #scope: Pick<Scope, 'get'>;
  readonly #layers: readonly Variables[];
  readonly #host: string;

  constructor(scope: Pick<Scope, 'get'>, layers: readonly Variables[], host: string) {
    this.#scope = scope;
    this.#layers = layers;
    this.#host = host;
  }

  problem(name: string, message: string, hint?: string): undefined {
    this.report(name, { severity: 'error', message: `${message} (host "${this.#host}")`, hint });
    return undefined;
  }

  report(name: string, problem: Pick<Diagnostic, 'severity' | 'message' | 'hint'>): void {
    this.diagnostics.push({ ...problem, code: 'bad-connection', span: this.place(name) });
  }

  place(name: string): Span | undefined {
    return this.#layers.findLast(({ values }) => Object.hasOwn(values, name))?.place(name);
  }

  /** The first of the names that is set; Ansible prefers its older names. */
  first(names: readonly string[]): { name: string; value: unknown } | undefined {
    for (const name of names) {
      try {
        const value = this.#scope.get(name);
        if (value !== undefined && value !== null && value !== '') return { name, value };
      } catch (error) {
        if (error instanceof Blocked)
          this.problem(name, `"${name}" cannot be known before the host is reached`);
        else if (error instanceof TemplateError) this.diagnostics.push(error.diagnostic);
        else throw error;
        return undefined;
      }
    }
    return undefined;
  }

  text(...names: readonly string[]): string | undefined {
    const found = this.first(names);
    if (found === undefined) return undefined;
    if (typeof found.value === 'string') return found.value;
    if (typeof found.value === 'number') return String(found.value);
    return this.problem(found.name, `"${found.name}" wants a text`);
  }

  number(range: readonly [least: number, most: number], ...names: readonly string[]): number | undefined {
    const found = this.first(names);
    if (found === undefined) return undefined;
    const number =
      typeof found.value === 'string' && found.value.trim() !== '' ? Number(found.value) : found.value;
    const [least, most] = range;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most)
      return number;
    return this.problem(found.name, `"${found.name}" wants a whole number from ${least} to ${most}`);
  }

  boolean(name: string): boolean | undefined {
    const found = this.first([name]);
    if (found === undefined) return undefined;
    if (typeof found.value === 'boolean') return found.value;
    const isWord = typeof found.value === 'string' || typeof found.value === 'number';
    const word = isWord ? String(found.value).toLowerCase() : '';
    return Object.hasOwn(words, word) ? words[word] : this.problem(name, `"${name}" wants true or false`);
  }
}

const kinds: Readonly<Record<string, ConnectionSettings['kind']>> = {
  ssh: 'ssh',
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  'ansible.builtin.ssh': 'ssh',
  local: 'local',
  'ansible.builtin.local': 'local',
};

const readKind = (reader: VariableReader): ConnectionSettings['kind'] => {
  const wanted = reader.text('ansible_connection') ?? 'ssh';
  const kind = Object.hasOwn(kinds, wanted) ? kinds[wanted] : undefined;
  if (kind === undefined)
    reader.problem('ansible_connection', `unknown connection "${wanted}"`, 'ssh or local');
  return kind ?? 'ssh';
};

const expandHome = (path: string | undefined, home: string | undefined): string | undefined =>
  path?.startsWith('~/') === true && home !== undefined ? `${home}/${path.slice(2)}` : path;

const largestPort = 65_535;
const longestTimeoutS = 86_400;

/** In the order in which Ansible gives them to ssh: before and after what variables say. */
const argsBefore = ['ansible_ssh_args'];
const argsAfter = ['ansible_ssh_common_args', 'ansible_ssh_extra_args'];

interface Arguments {
  readonly options: readonly SshOption[];
  readonly file: string | undefined;
}

const readArguments = (reader: VariableReader, names: readonly string[]): Arguments => {
  const all = names.map((name) => {
    const args = readSshArgs(reader.text(name) ?? '', { name, span: reader.place(name) });
    for (const problem of args.problems) reader.report(name, problem);
    return args;
  });
  return {
    options: all.flatMap(({ options }) => options),
    file: all.find(({ file }) => file !== undefined)?.file,
  };
};

/** What a variable says, as an option of ssh's command line. */
const asOption = (name: string, value: string | number | undefined): readonly SshOption[] =>
  value === undefined ? [] : [{ name, values: [String(value)], span: undefined, origin: '' }];

const seconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.ceil(ms / 1000);

const withoutBrackets = (address: string): string => address.replace(/^\[(.*:.*)\]$/, '$1');

/** What variables and the command line say; ssh's configuration fills in the rest. */
const readSettings = (
  reader: VariableReader,
  host: string,
  options: ConnectionOptions,
): ConnectionSettings => {
  const keyVariables = ['ansible_ssh_private_key_file', 'ansible_private_key_file'];
  const keyFile = reader.text(...keyVariables) ?? options.privateKeyFile;
  const keySpan = keyVariables.map((name) => reader.place(name)).find((span) => span !== undefined);
  const timeoutS = reader.number([1, longestTimeoutS], 'ansible_ssh_timeout', 'ansible_timeout');
  const address = withoutBrackets(reader.text('ansible_ssh_host', 'ansible_host') ?? host);
  const port = reader.number([1, largestPort], 'ansible_ssh_port', 'ansible_port') ?? options.port;
  const user = reader.text('ansible_ssh_user', 'ansible_user') ?? options.user;
  const own = {
    kind: 'ssh',
    host,
    privateKeyFile: expandHome(keyFile, options.home),
    privateKeySpan: keySpan,
    password: reader.text('ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password') ?? options.password,
    passphrase: reader.text('ansible_ssh_private_key_passphrase') ?? options.passphrase,
  } as const;
  const before = readArguments(reader, argsBefore);
  const after = readArguments(reader, argsAfter);
  const commandLine = [
    ...before.options,
    ...asOption('port', port),
    ...asOption('user', user),
    ...asOption('connecttimeout', timeoutS ?? seconds(options.connectTimeoutMs)),
    ...after.options,
  ];
  const config = options.sshConfig ?? new SshConfig(localMachine(options));
  const file =
    before.file ?? after.file ?? (options.sshConfig === undefined ? 'none' : options.sshConfigFile);
  const { settings, problems } = routeTo({ host: address, commandLine, file }, config, options);
  reader.diagnostics.push(...problems);
  return { ...settings, ...own };
};

const checkMethod = (reader: VariableReader): void => {
  const method = reader.text('ansible_become_method')?.replace(/^ansible\.builtin\./, '');
  if (method === undefined || method === 'sudo') return;
  reader.problem('ansible_become_method', `"${method}" is not supported`, 'only sudo is');
};

/** The arguments of ssh are nothing to it, but what is wrong in variables is. */
const localSettings = (
  reader: VariableReader,
  host: string,
  options: ConnectionOptions,
): ConnectionSettings => ({
  kind: 'local',
  host,
  address: reader.text('ansible_ssh_host', 'ansible_host') ?? host,
  port: reader.number([1, largestPort], 'ansible_ssh_port', 'ansible_port') ?? options.port ?? 22,
  user: reader.text('ansible_ssh_user', 'ansible_user') ?? options.user ?? options.localUser,
  acceptNewHostKeys: false,
  connectTimeoutMs: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
});

/**
 * How to reach a host and as whom, from its variables (rendered) and the command line.
 *
 * @param scope   of the host, before any task
 * @param layers  of the same scope, for the places of wrong values
 */
export const resolveConnection = (
  host: string,
  scope: Pick<Scope, 'get'>,
  options: ConnectionOptions,
  layers: readonly Variables[] = [],
): ResolvedConnection => {
  const reader = new VariableReader(scope, layers, host);
  const kind = readKind(reader);
  const settings =
    kind === 'ssh' ? readSettings(reader, host, options) : localSettings(reader, host, options);
  checkMethod(reader);
  const become = reader.boolean('ansible_become') ?? options.become ?? false;
  const becomeUser = reader.text('ansible_sudo_user', 'ansible_become_user') ?? 'root';
  const becomePassword =
    reader.text('ansible_sudo_pass', 'ansible_become_pass', 'ansible_become_password') ??
    options.becomePassword;
  const { diagnostics } = reader;
  return {
    settings: diagnostics.some(({ severity }) => severity === 'error') ? undefined : settings,
    become,
    becomeUser,
    becomePassword,
    diagnostics,
  };
};
