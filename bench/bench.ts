/**
 * The same work by syn-deploy, by its peers and by the floor, on the same hosts in the same run: medians and ratios.
 *
 *   npm run bench -- [--hosts 1,4] [--rtt 0,200] [--runs 5] [--slow-runs 1] [--only NAME[,NAME]] [--write]
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TestHost } from '../test/hosts/host.ts';
import { removeHost } from '../test/hosts/host.ts';
import { startHosts, type Target, targetsOf } from './support/fleet.ts';
import { describeMachine } from './support/machine.ts';
import { measure, type Run } from './support/measure.ts';
import { type Row, renderTable } from './support/table.ts';
import { type Action, ensureTools, type Tool } from './support/tools.ts';

const root = join(import.meta.dirname, '..');
const workload = join(root, 'bench/workload');

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1' },
    rtt: { type: 'string', default: '0' },
    runs: { type: 'string', default: '5' },
    'slow-runs': { type: 'string', default: '1' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const numbers = (text: string): readonly number[] => text.split(',').map(Number);
const say = (text: string): void => console.error(`bench: ${text}`);

/** Drift of one worker on every host: a line in its file, and its process stopped. */
const makeDrift = (hosts: readonly TestHost[]): Promise<unknown> =>
  Promise.all(
    hosts.map((host) =>
      host.run(
        'echo "# stray" >>/etc/matrix-synapse/workers/login.yaml; systemctl stop matrix-synapse-worker@login.service; systemctl reset-failed',
      ),
    ),
  );

interface Case {
  readonly name: string;
  readonly action: Action;
  /** Before each run. */
  prepare?(hosts: readonly TestHost[]): Promise<unknown>;
  /** Tools that do not do it at all. */
  readonly leftOut?: readonly string[];
}

const floorName = 'floor: ssh and one probe script';
const cases: readonly Case[] = [
  { name: 'converged apply', action: 'apply' },
  { name: 'check with diff', action: 'check' },
  { name: 'one changed worker', action: 'apply', prepare: makeDrift, leftOut: [floorName] },
];

const runCase = async (
  tool: Tool,
  { action, prepare }: Case,
  hosts: readonly TestHost[],
  targets: readonly Target[],
): Promise<readonly Run[]> => {
  const count = Number(tool.isSlow ? values['slow-runs'] : values.runs);
  const runs: Run[] = [];
  // The first run of a fast tool warms caches, and does not count.
  for (let index = tool.isSlow ? 1 : 0; index <= count; index += 1) {
    await prepare?.(hosts);
    const run = await measure(await tool.command(action, targets));
    if (index > 0) runs.push(run);
  }
  return runs;
};

const main = async (): Promise<void> => {
  const only = values.only?.split(',');
  const tools = (await ensureTools(root, workload)).filter(
    ({ name }) => only === undefined || only.some((word) => name.includes(word)),
  );
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-bench-'));
  const counts = numbers(values.hosts);
  const hosts = await startHosts(Math.max(...counts));
  const rows: Row[] = [];
  try {
    say('bringing the hosts to the state');
    const { targets, close } = await targetsOf(hosts, 0, folder);
    const [first] = tools.filter(({ name }) => name === 'syn-deploy');
    if (first === undefined) throw new Error('syn-deploy is always among the tools');
    await measure(await first.command('apply', targets));
    await close();
    for (const count of counts)
      for (const rttMs of numbers(values.rtt)) {
        const some = hosts.slice(0, count);
        const reached = await targetsOf(some, rttMs, folder);
        for (const one of cases)
          for (const tool of tools) {
            if (one.leftOut?.includes(tool.name) === true) continue;
            const runs = await runCase(tool, one, some, reached.targets);
            rows.push({ case: one.name, hosts: count, rttMs, tool: tool.name, runs });
            say(
              `${one.name}, ${count} hosts, ${rttMs} ms: ${tool.name}: ${runs.map(({ wallS }) => wallS).join(' ')} s`,
            );
          }
        await reached.close();
      }
  } finally {
    await Promise.all(hosts.map(({ name }) => removeHost(name)));
  }
  const text = `${await describeMachine(root)}\n\n${renderTable(rows)}`;
  console.log(text);
  if (values.write) await writeFile(join(root, 'docs/benchmarks.md'), `# Benchmarks\n\n${text}`);
};

await main();
