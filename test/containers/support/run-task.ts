import { WantedFacts } from '../../../src/engine/observe.ts';
import { Overlay } from '../../../src/engine/overlay.ts';
import { factKinds } from '../../../src/facts/kinds.ts';
import type { TaskContext } from '../../../src/model/module.ts';
import { modules } from '../../../src/modules/index.ts';
import type { TestHost } from '../../hosts/host.ts';

const unused = (): never => {
  throw new Error('not part of this test');
};

const context: TaskContext = {
  identity: {},
  readOnly: false,
  checkMode: false,
  diff: false,
  secret: false,
  evaluate: unused,
  render: unused,
  readFile: unused,
  localFile: unused,
  readTree: unused,
};

const plan = async (host: TestHost, name: string, given: Readonly<Record<string, unknown>>) => {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`no module is called ${name}`);
  const params: unknown = module.params.parse(given);
  const wanted = new WantedFacts(factKinds);
  wanted.add(module.facts(params, context));
  const outputs = new Map<string, string>();
  for (const { kind, sh } of wanted.sections())
    outputs.set(kind, (await host.exec(`LC_ALL=C; export LC_ALL\n(\n${sh.sh}\n) </dev/null`)).stdout);
  const overlay = new Overlay(wanted.parse(outputs), { blockOnTaint: true });
  const planned = module.plan(
    params,
    overlay.factsFor(() => {}),
    context,
  );
  return 'actions' in planned ? planned.actions : planned;
};

/** What a task did on a host. */
export interface TaskRun {
  /** Summaries of its changes; of what failed none follow. */
  readonly changes: readonly string[];
  /** Standard error of the action that failed. */
  readonly failure: string | undefined;
  /** Summaries of what it would do again although that could be proved; [] when the host is as wanted. */
  readonly left: readonly string[];
}

/** Looks, plans, acts and looks again, without the engine: for one task, as root. */
export const runTask = async (
  host: TestHost,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<TaskRun> => {
  const changes: string[] = [];
  for (const action of await plan(host, name, given)) {
    changes.push(...action.changes.map(({ summary }) => summary));
    const { exitCode, stderr } = await host.exec(`umask 022\n( set -e\n${action.sh.sh}\n) </dev/null`);
    if (exitCode !== 0) return { changes, failure: stderr, left: [] };
  }
  const again = await plan(host, name, given);
  return {
    changes,
    failure: undefined,
    left: again
      .filter(({ unprovable, verification }) => unprovable !== true && verification !== true)
      .map(({ summary }) => summary),
  };
};
