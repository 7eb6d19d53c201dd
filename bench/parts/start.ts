import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Bar, quotient } from '../support/bar.ts';
import { hostCount, table } from '../support/figures.ts';
import { renderTaken, takenNow } from '../support/machine.ts';
import { measure, median, type Run } from '../support/measure.ts';
import type { Options, Part } from '../support/part.ts';
import type { StartResult } from '../support/results.ts';

/** So many hosts of the flagship. */
const flagshipHosts = 1000;
/** Starts take a fraction of what other runs take, and vary more. */
const startsARun = 4;

/** The flagship's inventory with more hosts. @returns its path; the group's variables lie beside it */
const writeInventory = async (root: string, folder: string): Promise<string> => {
  const hosts = Array.from({ length: flagshipHosts }, (_, index) => [
    `matrix${index + 1}`,
    { ansible_host: `198.18.${index >> 8}.${index & 255}`, server_name: `server${index + 1}.example.org` },
  ]);
  const inventory = join(folder, 'homeservers.yaml');
  await cp(join(root, 'inventory/group_vars'), join(folder, 'group_vars'), { recursive: true });
  await writeFile(
    inventory,
    stringify({ all: { children: { homeservers: { hosts: Object.fromEntries(hosts) } } } }),
  );
  return inventory;
};

async function* measureStart({ root, runs, say }: Options): AsyncGenerator<StartResult> {
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-bench-'));
  const program = [process.execPath, join(root, 'dist/cli/bin.js')];
  const node: Run[] = [];
  const version: Run[] = [];
  const validate: Run[] = [];
  try {
    // In turn, because the machine drifts; the first of each warms caches, and does not count.
    for (let index = 0; index <= runs * startsARun; index += 1) {
      node.push(await measure({ words: [process.execPath, '-e', '0'] }));
      version.push(await measure({ words: [...program, '--version'] }));
    }
    const words = [
      ...program,
      'validate',
      await writeInventory(root, folder),
      join(root, 'playbooks/synapse-workers.yaml'),
    ];
    for (let index = 0; index < runs; index += 1) validate.push(await measure({ words }));
    const result = {
      taken: await takenNow(root),
      ...{ node: node.slice(1), version: version.slice(1), validate, hosts: flagshipHosts },
    };
    say(
      `start: ${rowsOf(result)
        .map((cells) => cells.slice(0, 3).join(' '))
        .join(' s, ')} s`,
    );
    yield result;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const wall = (runs: readonly Run[]): number => median(runs.map(({ wallS }) => wallS));
const cpu = (runs: readonly Run[]): number => median(runs.map(({ cpuS }) => cpuS));
const peak = (runs: readonly Run[]): number => median(runs.map(({ peakMb }) => peakMb));

const rowsOf = ({ node, version, validate, hosts }: StartResult): readonly (readonly string[])[] =>
  (
    [
      ['`node -e 0`', node],
      ['`syn-deploy --version`', version],
      [`\`syn-deploy validate\` of the flagship, ${hostCount(hosts)}`, validate],
    ] as const
  ).map(([name, runs]) => [
    name,
    ...[wall(runs).toFixed(3), cpu(runs).toFixed(3), Math.round(peak(runs)).toString(), `${runs.length}`],
  ]);

/** The section of docs/benchmarks.md. */
export const renderStart = (result: StartResult): string =>
  [
    '## Starting, and reading',
    renderTaken(result.taken),
    'Medians. The starts are taken in turn. `validate` reads playbook, roles, templates and inventory, and contacts no host.',
    table(['command', 'wall s', 'CPU s', 'MB', 'runs'], rowsOf(result)),
  ].join('\n\n');

/** Bars of the program without any host. */
export const barsOfStart = (result: StartResult | undefined): readonly Bar[] => [
  {
    what: '`syn-deploy --version`: wall time, of `node -e 0`',
    ...{ relation: 'at most', limit: 3, unit: '×' },
    measured: quotient(result && wall(result.version), result && wall(result.node)),
  },
  {
    what: '`syn-deploy --version`: CPU, of `node -e 0`',
    ...{ relation: 'at most', limit: 3, unit: '×' },
    measured: quotient(result && cpu(result.version), result && cpu(result.node)),
  },
  {
    what: `\`syn-deploy validate\` of the flagship, ${hostCount(flagshipHosts)}: CPU`,
    ...{ relation: 'at most', limit: 3, unit: 's' },
    measured: result && cpu(result.validate),
  },
];

/** How long the program takes to start, and to read a large project. */
export const start: Part<StartResult> = {
  name: 'start',
  measure: measureStart,
  render: renderStart,
  bars: barsOfStart,
};
