import { join } from 'node:path';
import { removals } from '../../src/actions/removals.ts';
import type { TargetedPlay } from '../../src/cli/load-project.ts';
import { validateWork } from '../../src/cli/validate-work.ts';
import { createVariableSources } from '../../src/cli/variable-sources.ts';
import { HostResults } from '../../src/engine/host-results.ts';
import { run } from '../../src/engine/run.ts';
import type { HostWork, RunOptions } from '../../src/engine/run-options.ts';
import { factKinds } from '../../src/facts/kinds.ts';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { matchHosts } from '../../src/inventory/match-hosts.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Host, Inventory } from '../../src/model/host.ts';
import type { ModuleRegistry } from '../../src/model/module.ts';
import type { Play } from '../../src/model/play.ts';
import type { ProjectFiles } from '../../src/model/project.ts';
import type { HostReport, RunReport, TaskReport } from '../../src/model/report.ts';
import { TaskFailure } from '../../src/model/task-failure.ts';
import { modules } from '../../src/modules/index.ts';
import { variables } from '../../src/template/scope.ts';
import { memoryFiles } from './memory-files.ts';
import { createShellTransport } from './shell-transport.ts';

export interface PlaybookRun {
  readonly report: RunReport;
  readonly events: readonly RunEvent[];
  readonly scripts: readonly string[];
  /** The first host's tasks. */
  readonly tasks: readonly TaskReport[];
  /** @throws Error when the host was not run on */
  host(name: string): HostReport;
}

export interface PlaybookRunOptions {
  /** Home of the account, and value of the variable `dir`. */
  readonly home: string;
  /** Each host has a home of its own, and `dir` is that: the folder of its name in `home`. */
  readonly homeEach?: boolean;
  readonly mode?: 'apply' | 'check';
  /** As `syn-deploy run` does it. */
  readonly isAdHoc?: boolean;
  readonly files?: Readonly<Record<string, string>>;
  /** The project's files, given those of `files`. */
  readonly over?: (files: ProjectFiles) => ProjectFiles;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly loses?: (exec: number, host: string) => boolean;
  /** Names, in order. Default: one host. Which plays they are in is up to the plays' `hosts`. */
  readonly hosts?: readonly string[];
  /** Text of the inventory, instead of the bare `hosts`. */
  readonly inventory?: string;
  /** `--limit` */
  readonly limit?: string;
  readonly forks?: number;
  /** `--task-timeout`, milliseconds. */
  readonly timeoutMs?: number;
  /** `--tags` */
  readonly tags?: readonly string[];
  /** Known besides the real ones. */
  readonly modules?: ModuleRegistry;
  /** Validates first, as the command line does, and says whose facts others will read. */
  readonly foresees?: boolean;
  readonly onEvent?: (event: RunEvent) => void;
  /** As the first Ctrl-C: what runs is to be the last. */
  readonly stop?: AbortSignal;
}

const settings = {
  kind: 'local',
  address: '',
  port: 0,
  user: 'tester',
  acceptNewHostKeys: false,
  connectTimeoutMs: 0,
} as const;

const here: Host = { name: 'localhost', groups: [], variables: [] };

const inventoryOf = ({ hosts = ['host1'], inventory }: PlaybookRunOptions): string =>
  inventory ?? JSON.stringify({ all: { hosts: Object.fromEntries(hosts.map((name) => [name, null])) } });

/** With a variable that is weaker than all that the inventory says. */
const withDir = (host: Host, dir: string): Host => ({
  ...host,
  variables: [variables('test', { dir }), ...host.variables],
});

const delegateIn =
  (hosts: ReadonlyMap<string, Host>): NonNullable<RunOptions['delegate']> =>
  (name) => {
    const found = name === 'localhost' ? here : hosts.get(name);
    if (found === undefined) throw new TaskFailure(`nobody knows ${name}`);
    return { host: found, access: { settings: { ...settings, host: name }, becomePassword: undefined } };
  };

/** Everything that is read, and the hosts that are to be run on. @throws Error when the text does not load */
const prepare = (text: string, options: PlaybookRunOptions) => {
  const { home, mode = 'apply' } = options;
  const { over = (bare) => bare } = options;
  const files = over(
    memoryFiles({ 'play.yaml': text, 'inventory.yaml': inventoryOf(options), ...options.files }),
  );
  const loaded = loadInventory('inventory.yaml', files);
  const { plays, diagnostics } = loadPlaybook('play.yaml', {
    files,
    registry: new Map([...modules, ...(options.modules ?? [])]),
  });
  const errors = [...loaded.diagnostics, ...diagnostics].filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || loaded.inventory === undefined)
    throw new Error(errors.map(({ message }) => message).join('\n'));
  const homeOf = (host: string): string => (options.homeEach === true ? join(home, host) : home);
  const withDirs = (bare: Inventory): Inventory => ({
    ...bare,
    hosts: new Map([...bare.hosts].map(([name, host]) => [name, withDir(host, homeOf(name))])),
    with: (additions) => withDirs(bare.with(additions)),
  });
  const workIn = (inventory: Inventory, before: readonly TargetedPlay[] = []) => {
    const hostsOf = (play: Play, index: number): readonly string[] =>
      before[index]?.hosts.map(({ name }) => name) ??
      matchHosts(play.hosts.text, inventory, options.limit).hosts;
    const targeted = plays.map((play, index) => ({
      play,
      hosts: hostsOf(play, index).flatMap((name) => inventory.hosts.get(name) ?? []),
    }));
    const work = [...new Set(targeted.flatMap((one) => one.hosts))].map((host) => ({
      host,
      plays: targeted.filter((one) => one.hosts.includes(host)).map(({ play }) => play),
      allPlays: plays,
      access: { settings: { ...settings, host: host.name }, becomePassword: undefined },
    }));
    const variableSources = createVariableSources({
      inventory,
      plays: targeted,
      files,
      extraVars: variables('extra', options.extra ?? {}),
      mode,
      env: {},
    });
    return { work, variables: variableSources, targeted };
  };
  const inventory = withDirs(loaded.inventory);
  const { hosts } = inventory;
  const { work, variables: variableSources, targeted } = workIn(inventory);
  let known = targeted;
  const grow: RunOptions['grow'] = (additions, from) => {
    const grown = inventory.with(additions);
    const { work: now, variables: then, targeted: all } = workIn(grown, known.slice(0, from));
    known = all;
    return { work: now, variables: then, delegate: delegateIn(grown.hosts), refused: new Map() };
  };
  const selection = { tags: options.tags ?? [], skipTags: [] };
  return {
    homeOf,
    hosts,
    work,
    grow,
    common: { mode, variables: variableSources, files, selection, become: false },
  };
};

const foresee = (
  work: readonly HostWork[],
  common: Parameters<typeof validateWork>[1],
): readonly string[] => {
  const foreseen = new HostResults(work, common.selection, common.mode);
  validateWork(work, common, foreseen);
  return foreseen.facts.wanted;
};

/** Messages of what is wrong before any host is contacted. @throws Error when the text does not load */
export const validatePlaybook = (text: string, options: PlaybookRunOptions): readonly string[] => {
  const { work, common } = prepare(text, options);
  return validateWork(work, common).map(({ message }) => message);
};

/** Runs the text of a playbook on hosts that are this machine's sh. @throws Error when the text does not load */
export const runPlaybook = async (text: string, options: PlaybookRunOptions): Promise<PlaybookRun> => {
  const { homeOf, hosts, work, grow, common } = prepare(text, options);
  const transport = createShellTransport({ homeOf, loses: options.loses });
  const events: RunEvent[] = [];
  let nonce = 0;
  const report = await run({
    ...common,
    isAdHoc: options.isAdHoc,
    work,
    delegate: delegateIn(hosts),
    grow,
    wantedSystemFacts: options.foresees === true ? foresee(work, common) : [],
    stop: options.stop,
    transport,
    kinds: factKinds,
    removals,
    forks: options.forks ?? 1,
    timeoutMs: options.timeoutMs ?? 20_000,
    emit: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
    now: () => new Date(),
    nonce: () => {
      nonce += 1;
      return `nonce${nonce}`;
    },
    sleep: async () => {},
    origin: { user: 'me', hostname: 'here', nameOf: (playbook) => playbook },
  });
  const host = (name: string): HostReport => {
    const found = report.hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} was not run on`);
    return found;
  };
  return { report, events, scripts: transport.scripts, tasks: report.hosts[0]?.tasks ?? [], host };
};
