import { removals } from '../../src/actions/removals.ts';
import { run } from '../../src/engine/run.ts';
import { factKinds } from '../../src/facts/kinds.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { RunEvent } from '../../src/model/event.ts';
import type { Host } from '../../src/model/host.ts';
import type { ModuleRegistry } from '../../src/model/module.ts';
import type { RunReport, TaskReport } from '../../src/model/report.ts';
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
}

export interface PlaybookRunOptions {
  /** Home of the account, and value of the variable `dir`. */
  readonly home: string;
  readonly mode?: 'apply' | 'check';
  readonly files?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly loses?: (exec: number) => boolean;
  /** Names, one after the other. Default: one host. */
  readonly hosts?: readonly string[];
  /** Known besides the real ones. */
  readonly modules?: ModuleRegistry;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Runs the text of a playbook on hosts that are this machine's sh. @throws Error when the text does not load */
export const runPlaybook = async (text: string, options: PlaybookRunOptions): Promise<PlaybookRun> => {
  const files = memoryFiles({ 'play.yaml': text, ...options.files });
  const { plays, diagnostics } = loadPlaybook('play.yaml', {
    files,
    registry: new Map([...modules, ...(options.modules ?? [])]),
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const transport = createShellTransport(
    options.loses === undefined ? { home: options.home } : { home: options.home, loses: options.loses },
  );
  const events: RunEvent[] = [];
  const hosts = (options.hosts ?? ['host1']).map((name): Host => ({ name, groups: [], variables: [] }));
  const settings = {
    kind: 'local',
    host: 'here',
    address: '',
    port: 0,
    user: 'tester',
    acceptNewHostKeys: false,
    connectTimeoutMs: 0,
  } as const;
  let nonce = 0;
  const report = await run({
    mode: options.mode ?? 'apply',
    work: hosts.map((host) => ({
      host,
      plays,
      allPlays: plays,
      access: { settings, becomePassword: undefined },
    })),
    transport,
    variables: {
      inventoryLayers: () => [],
      magic: ({ name }) =>
        variables('magic', {
          dir: options.home,
          inventory_hostname: name,
          ansible_check_mode: options.mode === 'check',
        }),
      extra: variables('extra', options.extra ?? {}),
    },
    kinds: factKinds,
    removals,
    files,
    selection: { tags: [], skipTags: [] },
    become: false,
    forks: 1,
    timeoutMs: 20_000,
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
  return { report, events, scripts: transport.scripts, tasks: report.hosts[0]?.tasks ?? [] };
};
