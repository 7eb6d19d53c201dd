import { type Diagnostic, DiagnosticError } from '../../model/diagnostic.ts';
import type { SshMachine } from '../../model/ssh-machine.ts';
import { type AskedHost, holds } from './conditions.ts';
import { type ConfigFile, type IncludeLine, readConfigFile, type Section } from './config-file.ts';
import { BadExpansion, expandTilde, expandTokens, expandVariables, tokensOf } from './expand.ts';
import { readJumpHosts } from './jump-hosts.ts';
import { optionForm } from './keywords.ts';
import type { SshOption } from './option.ts';

/** The options that apply to one host. */
export interface HostOptions {
  /** As it was asked for. */
  readonly originalHost: string;
  /** What to connect to: `HostName`, or the same. */
  readonly host: string;
  /** By name; of files that add up all, of all others the first. */
  readonly options: ReadonlyMap<string, readonly SshOption[]>;
  readonly problems: readonly Diagnostic[];
}

export interface HostQuery {
  readonly host: string;
  /** Stronger than all files, the first first. */
  readonly commandLine: readonly SshOption[];
  /** Read instead of the user's and the system's files; `none`: no file. */
  readonly file: string | undefined;
}

const systemFolder = '/etc/ssh';
const deepestInclude = 16;
const adding = new Set(['identityfile', 'certificatefile']);

/** Files are read once, whoever asks. */
class ConfigFiles {
  readonly #files = new Map<string, ConfigFile | DiagnosticError | undefined>();
  readonly #globs = new Map<string, readonly string[]>();
  readonly #machine: SshMachine;

  constructor(machine: SshMachine) {
    this.#machine = machine;
  }

  /** @returns undefined: it is not there @throws DiagnosticError */
  read(file: string, mustBeOwn: boolean): ConfigFile | undefined {
    if (!this.#files.has(file)) this.#files.set(file, this.#parse(file, mustBeOwn));
    const found = this.#files.get(file);
    if (found instanceof DiagnosticError) throw found;
    return found;
  }

  #parse(file: string, mustBeOwn: boolean): ConfigFile | DiagnosticError | undefined {
    const prefix = `${this.#machine.home}/`;
    const shown = file.startsWith(prefix) ? `~/${file.slice(prefix.length)}` : file;
    try {
      const text = this.#machine.text(file, mustBeOwn);
      return text === undefined ? undefined : readConfigFile(text, file, shown);
    } catch (error) {
      if (error instanceof DiagnosticError) return error;
      throw error;
    }
  }

  glob(pattern: string): readonly string[] {
    const found = this.#globs.get(pattern) ?? this.#machine.glob(pattern);
    this.#globs.set(pattern, found);
    return found;
  }
}

interface IncludePlace {
  readonly isActive: boolean;
  readonly folder: string;
  readonly depth: number;
}

/** Walks through the files for one host. */
class Walk {
  readonly options = new Map<string, SshOption[]>();
  readonly problems = new Set<Diagnostic>();
  wantsFinal = false;
  #name: string;
  #isFinal = false;
  #isActive = true;
  readonly #query: HostQuery;
  readonly #files: ConfigFiles;
  readonly #machine: SshMachine;

  constructor(query: HostQuery, files: ConfigFiles, machine: SshMachine) {
    this.#query = query;
    this.#name = query.host;
    this.#files = files;
    this.#machine = machine;
  }

  text(name: string): string | undefined {
    return this.options.get(name)?.[0]?.values[0];
  }

  /** `HostName`, as far as it is known. @throws BadExpansion */
  get host(): string {
    const name = this.text('hostname');
    return name === undefined ? this.#query.host : expandTokens(name, { h: this.#query.host });
  }

  /** A second pass over all files, with the name that was found. */
  beginFinal(host: string): void {
    this.#name = host;
    this.#isFinal = true;
    if (this.options.has('hostname')) return;
    this.options.set('hostname', [{ name: 'hostname', values: [host], span: undefined, origin: '' }]);
  }

  /** A jump host keeps out a command and the other way round: what comes first wins. */
  add(option: SshOption): void {
    const { name } = option;
    const known = this.options.get(name);
    if (adding.has(name)) {
      const isDouble = known?.some(({ values }) => values[0] === option.values[0]) === true;
      if (!isDouble) this.options.set(name, [...(known ?? []), option]);
      return;
    }
    // ssh takes "none" for a time as not said: a later one counts.
    const isUnsaid = optionForm(name) === 'time' && option.values[0] === 'none';
    if (known !== undefined || isUnsaid) return;
    const jump = this.text('proxyjump');
    const isJump = jump !== undefined && jump.toLowerCase() !== 'none';
    if (name === 'proxycommand' && isJump) return;
    if (
      name === 'proxyjump' &&
      option.values[0]?.toLowerCase() !== 'none' &&
      this.options.has('proxycommand')
    )
      return;
    this.options.set(name, [option]);
  }

  readFile(path: string, { mustBeOwn = false, folder = systemFolder, depth = 0 }): boolean {
    const file = this.#files.read(path, mustBeOwn);
    if (file === undefined) return false;
    for (const problem of file.problems) this.problems.add(problem);
    for (const section of file.sections) this.#readSection(section, folder, depth);
    return true;
  }

  get #asked(): AskedHost {
    const jump = readJumpHosts(this.text('proxyjump') ?? '')?.at(-1)?.host ?? '';
    return {
      originalHost: this.#query.host,
      name: this.#name,
      host: this.#isFinal ? this.#name : this.host,
      user: this.text('user') ?? this.#machine.localUser,
      port: Number(this.text('port') ?? 22),
      jumpHost: jump.toLowerCase() === 'none' ? '' : jump,
      hostKeyAlias: this.text('hostkeyalias'),
      tag: this.text('tag') ?? '',
      isFinal: this.#isFinal,
    };
  }

  #readSection({ condition, lines, hasIncludes }: Section, folder: string, depth: number): void {
    if (condition.kind === 'match')
      this.wantsFinal ||= condition.criteria.some(({ name, isNegated }) => name === 'final' && !isNegated);
    const asked = condition.kind === 'host' ? ({ name: this.#name } as AskedHost) : this.#asked;
    const isActive = this.#isActive && holds(condition, asked, this.#machine);
    if (!isActive && !hasIncludes) return;
    for (const line of lines)
      if (line.name === 'include') this.#include(line as IncludeLine, { isActive, folder, depth: depth + 1 });
      else if (isActive) this.add(line as SshOption);
  }

  /** What is included where nothing applies is read all the same: it may ask for another pass. */
  #include({ values, span }: IncludeLine, { isActive, folder, depth }: IncludePlace): void {
    if (depth > deepestInclude) {
      const message = `includes go deeper than ${deepestInclude} files`;
      this.problems.add({ severity: 'error', code: 'bad-ssh-config', message, span });
      return;
    }
    for (const value of values) {
      const path = expandVariables(
        value.includes('%') ? expandTokens(value, tokensOf(this.#asked, this.#machine)) : value,
        this.#machine.env,
      );
      const isAnchored = path.startsWith('/') || path.startsWith('~');
      const pattern = expandTilde(isAnchored ? path : `${folder}/${path}`, this.#machine);
      const before = this.#isActive;
      this.#isActive = isActive;
      for (const file of this.#files.glob(pattern)) this.readFile(file, { mustBeOwn: true, folder, depth });
      this.#isActive = before;
    }
  }
}

const noFile = (file: string): DiagnosticError =>
  new DiagnosticError([
    { severity: 'error', code: 'no-ssh-config', message: `there is no configuration of ssh at ${file}` },
  ]);

/**
 * ssh's configuration of this machine: what it says of a host is what `ssh -G` prints. Files are read once, whatever the
 * number of hosts; no process is started but where `Match exec` wants one.
 *
 * @see ssh_config(5)
 */
export class SshConfig {
  readonly machine: SshMachine;
  readonly #files: ConfigFiles;

  constructor(machine: SshMachine) {
    this.machine = machine;
    this.#files = new ConfigFiles(machine);
  }

  /** What the command line and the files say of a host. What is wrong with them is in `problems`. */
  optionsOf(query: HostQuery): HostOptions {
    const walk = new Walk(query, this.#files, this.machine);
    let { host } = query;
    try {
      for (const option of query.commandLine) walk.add(option);
      this.#readFiles(walk, query);
      host = walk.host.toLowerCase();
      if (walk.wantsFinal || /^(?:yes|true|always)$/i.test(walk.text('canonicalizehostname') ?? '')) {
        walk.beginFinal(host);
        this.#readFiles(walk, query);
      }
    } catch (error) {
      if (error instanceof DiagnosticError) for (const one of error.diagnostics) walk.problems.add(one);
      else if (error instanceof BadExpansion)
        walk.problems.add({ severity: 'error', code: 'bad-ssh-config', message: error.message });
      else throw error;
    }
    return { originalHost: query.host, host, options: walk.options, problems: [...walk.problems] };
  }

  #readFiles(walk: Walk, { file }: HostQuery): void {
    const folder = `${this.machine.home}/.ssh`;
    if (file?.toLowerCase() === 'none') return;
    if (file === undefined) {
      walk.readFile(`${folder}/config`, { mustBeOwn: true, folder });
      walk.readFile(`${systemFolder}/ssh_config`, {});
      return;
    }
    const path = expandTilde(file, this.machine);
    if (!walk.readFile(path, { folder })) throw noFile(file);
  }
}
