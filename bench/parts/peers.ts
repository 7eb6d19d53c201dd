import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeHost, type TestHost } from '../../test/hosts/host.ts';
import { takenNow } from '../support/machine.ts';
import { measure, type Run } from '../support/measure.ts';
import type { Options, Part } from '../support/part.ts';
import type { Cell, PeersGroup, PeersResult, ToolName } from '../support/results.ts';
import { barsOfPeers } from './peers/bars.ts';
import { reach, startHosts } from './peers/fleet.ts';
import { byMeasuring, byPage, cases, keyOf, toolsOf } from './peers/matrix.ts';
import { schedule } from './peers/schedule.ts';
import { renderPeers, wallOf } from './peers/section.ts';
import { type Action, ensureTools } from './peers/tools.ts';

/** Runs a tool against some hosts, at a round trip; with a new folder, so that nothing is left from the last run. */
type RunTool = (tool: ToolName, action: Action, hosts: readonly TestHost[], rttMs: number) => Promise<Run>;

/** Drift of one worker on every host: a line in its file, and its process stopped. */
const makeDrift = (hosts: readonly TestHost[]): Promise<unknown> =>
  Promise.all(
    hosts.map((host) =>
      host.run(
        'echo "# stray" >>/etc/matrix-synapse/workers/login.yaml; systemctl stop matrix-synapse-worker@login.service; systemctl reset-failed',
      ),
    ),
  );

const removeHosts = async (hosts: readonly TestHost[]): Promise<void> => {
  await Promise.all(hosts.map(({ name }) => removeHost(name)));
};

/** Hosts in the wanted state, that many at least; `await using` removes them. */
const standingHosts = (runTool: RunTool) => {
  const hosts: TestHost[] = [];
  return {
    async take(count: number): Promise<readonly TestHost[]> {
      const more = await startHosts(Math.max(0, count - hosts.length));
      hosts.push(...more);
      if (more.length > 0) await runTool('syn-deploy', 'apply', more, 0);
      return hosts.slice(0, count);
    },
    [Symbol.asyncDispose]: () => removeHosts(hosts),
  };
};

/** One run in a case, with all that belongs before and after it. */
const runCase = async (runTool: RunTool, tool: ToolName, cell: Cell, standing: readonly TestHost[]) => {
  const { action, isFresh = false, isDrifted = false } = cases[cell.case];
  const hosts = isFresh ? await startHosts(cell.hosts) : standing;
  try {
    if (isDrifted) await makeDrift(hosts);
    const run = await runTool(tool, action, hosts, cell.rttMs);
    // Drift would be exit status 8: whoever was here, the work is done.
    if (isFresh || isDrifted) await runTool('syn-deploy', 'check', hosts, 0);
    return run;
  } finally {
    if (isFresh) await removeHosts(hosts);
  }
};

const cellsOf = ({ cases: names, hosts, rttMs, tools }: Options): readonly Cell[] =>
  names
    .flatMap((name) =>
      hosts.flatMap((count) => rttMs.map((rtt): Cell => ({ case: name, hosts: count, rttMs: rtt }))),
    )
    .filter((cell) => toolsOf(cell, tools).length > 0)
    .toSorted(byMeasuring);

async function* measurePeers(options: Options): AsyncGenerator<PeersResult> {
  const { root, say } = options;
  // The state is made and checked with syn-deploy, even where only others are measured.
  const { tools, versions } = await ensureTools(root, [
    ...new Set([...options.tools, 'syn-deploy'] as const),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-bench-'));
  const runTool: RunTool = async (name, action, hosts, rttMs) => {
    const own = await mkdtemp(join(folder, 'r-'));
    await using reached = await reach(hosts, rttMs, own);
    const command = await tools.get(name)?.command(action, reached.targets, own);
    if (command === undefined) throw new Error(`${name} was not asked for`);
    return await measure(command);
  };
  try {
    await using standing = standingHosts(runTool);
    for (const cell of cellsOf(options)) {
      const { isFresh = false, mostRuns = options.runs } = cases[cell.case];
      const hosts = isFresh ? [] : await standing.take(cell.hosts);
      const taking = toolsOf(cell, options.tools);
      const runs = new Map(taking.map((tool): [ToolName, Run[]] => [tool, []]));
      for (const { tool, counts } of schedule(taking, Math.min(options.runs, mostRuns), options.slowRuns)) {
        const run = await runCase(runTool, tool, cell, hosts);
        if (counts) runs.get(tool)?.push(run);
      }
      const group: PeersGroup = {
        ...cell,
        taken: await takenNow(root, versions),
        tools: [...runs].map(([tool, own]) => ({ tool, runs: own })),
      };
      say(
        `${keyOf(cell)} ms: ${taking.map((tool) => `${tool} ${wallOf(group, tool)?.toFixed(2)} s`).join(', ')}`,
      );
      yield { groups: [group] };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The later groups, and the earlier ones of other cells: what was measured side by side stays together. */
export const mergePeers = (earlier: PeersResult, later: PeersResult): PeersResult => {
  const replaced = new Set(later.groups.map(keyOf));
  return {
    groups: [...earlier.groups.filter((group) => !replaced.has(keyOf(group))), ...later.groups].toSorted(
      byPage,
    ),
  };
};

/** The same work by syn-deploy, by its peers and by the floor, on the same hosts in the same run. */
export const peers: Part<PeersResult> = {
  name: 'peers',
  measure: measurePeers,
  merge: mergePeers,
  render: renderPeers,
  bars: barsOfPeers,
};
