import type { Diagnostic } from '../model/diagnostic.ts';
import type { Variables } from '../model/located.ts';
import { TemplateError } from '../model/template-error.ts';
import type { ConnectionSettings } from '../model/transport.ts';
import { Blocked } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';
import { readSshArgs } from './ssh-args.ts';

/** What the command line and the machine say; variables of the host are stronger, as in Ansible. */
export interface ConnectionOptions {
  /** `--user`, else the account that runs syn-deploy. */
  readonly user: string;
  readonly port?: number | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly knownHostsFiles?: readonly string[] | undefined;
  readonly acceptNewHostKeys: boolean;
  readonly connectTimeoutMs: number;
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
    const layer = this.#layers.findLast(({ values }) => Object.hasOwn(values, name));
    this.diagnostics.push({ ...problem, code: 'bad-connection', span: layer?.place(name) });
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

const readKnownHostsFiles = (
  reader: VariableReader,
  { knownHostsFiles, home }: ConnectionOptions,
): readonly string[] | undefined => {
  const name = 'ansible_ssh_common_args';
  const args = readSshArgs(reader.text(name) ?? '');
  for (const problem of args.problems) reader.report(name, problem);
  const files = args.knownHostsFiles.map((file) => expandHome(file, home) ?? '');
  return files.length > 0 ? files : knownHostsFiles;
};

const checkMethod = (reader: VariableReader): void => {
  const method = reader.text('ansible_become_method')?.replace(/^ansible\.builtin\./, '');
  if (method === undefined || method === 'sudo') return;
  reader.problem('ansible_become_method', `"${method}" is not supported`, 'only sudo is');
};

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
  const key =
    reader.text('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? options.privateKeyFile;
  const timeoutS = reader.number([1, longestTimeoutS], 'ansible_ssh_timeout', 'ansible_timeout');
  const settings: ConnectionSettings = {
    kind,
    host,
    address: reader.text('ansible_ssh_host', 'ansible_host') ?? host,
    port: reader.number([1, largestPort], 'ansible_ssh_port', 'ansible_port') ?? options.port ?? 22,
    user: reader.text('ansible_ssh_user', 'ansible_user') ?? options.user,
    privateKeyFile: expandHome(key, options.home),
    password: reader.text('ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password') ?? options.password,
    passphrase: reader.text('ansible_ssh_private_key_passphrase') ?? options.passphrase,
    knownHostsFiles: kind === 'ssh' ? readKnownHostsFiles(reader, options) : options.knownHostsFiles,
    acceptNewHostKeys: options.acceptNewHostKeys,
    connectTimeoutMs: timeoutS === undefined ? options.connectTimeoutMs : timeoutS * 1000,
  };
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
