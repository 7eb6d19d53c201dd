import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordConverged } from '../scale/record.ts';
import { noncePlace } from '../scale/recording.ts';
import { round, table } from '../support/figures.ts';
import { renderTaken, takenNow } from '../support/machine.ts';
import { type Command, measure, median } from '../support/measure.ts';
import type { Options, Part } from '../support/part.ts';
import type { LookTime, ProfileResult, Stage } from '../support/results.ts';
import { inventoryOf, reach, startHosts } from './peers/fleet.ts';
import { timeLook } from './profile/look.ts';
import { renderPicture } from './profile/picture.ts';
import { type CpuProfile, stageNames, stagesOf } from './profile/stages.ts';

/** Microseconds between samples. */
const interval = '200';

const roundMedian = (values: readonly number[]): number => Math.round(median(values) * 10) / 10;

const profileOf = async ({ words }: Command, folder: string): Promise<CpuProfile> => {
  const to = await mkdtemp(join(folder, 'run-'));
  const flags = ['--cpu-prof', '--cpu-prof-interval', interval, '--cpu-prof-dir', to];
  const [node = '', ...rest] = words;
  await measure({ words: [node, ...flags, ...rest] });
  const [file = ''] = await readdir(to);
  return JSON.parse(await readFile(join(to, file), 'utf8'));
};

async function* measureProfile({ root, runs, say }: Options): AsyncGenerator<ProfileResult> {
  const folder = await mkdtemp(join(tmpdir(), 'syn-deploy-bench-'));
  const program = [process.execPath, join(root, 'dist/cli/bin.js'), 'apply'];
  const playbook = join(root, 'bench/workload/ansible/site.yml');
  try {
    const [host] = await startHosts(1);
    if (host === undefined) throw new Error('no host was started');
    await using reached = await reach([host], 0, folder);
    const inventory = join(folder, 'inventory.yaml');
    await writeFile(inventory, inventoryOf(reached.targets));
    const apply = { words: [...program, inventory, playbook] };
    // To bring it to the state, and to warm what is kept between runs.
    for (let times = 0; times < 3; times += 1) await measure(apply);
    const profiles: (readonly Stage[])[] = [];
    const node: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      profiles.push(stagesOf(await profileOf(apply, folder)));
      node.push((await measure({ words: [process.execPath, '-e', '0'] })).wallS * 1000);
    }
    say('profile: recording the look');
    const { exchanges } = await recordConverged({ program, playbook }, folder);
    const script = (exchanges[0]?.script ?? '').replaceAll(noncePlace, 'nonce');
    const looks: (readonly LookTime[])[] = [];
    for (let run = 0; run < runs; run += 1) looks.push(await timeLook(host.name, script));
    yield {
      taken: await takenNow(root),
      runs,
      nodeMs: roundMedian(node),
      stages: stageNames.map((name, at) => ({
        name,
        workMs: roundMedian(profiles.map((stages) => stages[at]?.workMs ?? 0)),
        waitMs: roundMedian(profiles.map((stages) => stages[at]?.waitMs ?? 0)),
      })),
      look: (looks[0] ?? []).map(({ kind }, at) => ({
        kind,
        ms: roundMedian(looks.map((times) => times[at]?.ms ?? 0)),
      })),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Beside docs/benchmarks.md. */
const pictureName = 'benchmarks-profile.svg';

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The stages without Node's own start, which the profiler does not see: its clock starts later. */
const withNode = ({ nodeMs, stages }: ProfileResult): readonly Stage[] => [
  { name: 'Node.js itself starts and ends', workMs: nodeMs, waitMs: 0 },
  ...stages,
];

const drawProfile = (result: ProfileResult): string =>
  renderPicture('Where the time of a converged apply goes', [
    {
      title: 'Here: work (strong) and waiting (faint)',
      rows: withNode(result).map(({ name, workMs, waitMs }) => ({
        label: name,
        parts: [
          { kind: 'work', ms: workMs },
          { kind: 'wait', ms: waitMs },
        ],
      })),
    },
    {
      title: 'On the host: the look, by kind of fact',
      rows: result.look.map(({ kind, ms }) => ({ label: kind, parts: [{ kind: 'host', ms }] })),
    },
  ]);

const renderProfile = (result: ProfileResult): string => {
  const stages = withNode(result);
  const work = sumOf(stages.map(({ workMs }) => workMs));
  const wait = sumOf(stages.map(({ waitMs }) => waitMs));
  const look = sumOf(result.look.map(({ ms }) => ms));
  const slowest = result.look.toSorted((a, b) => b.ms - a.ms).slice(0, 3);
  return [
    '## Where the time goes',
    renderTaken(result.taken),
    `A converged apply to one host without delay, medians of ${result.runs} runs under V8's profiler, which slows them down a little. Of about
${Math.round(work + wait)} ms this process works ${Math.round(work)} and waits ${Math.round(wait)}, nearly all of it for sshd to log in and for the script that looks.`,
    `![Stages of a run, and kinds of facts on the host](${pictureName})`,
    table(
      ['stage', 'work ms', 'waiting ms'],
      stages.map(({ name, workMs, waitMs }) => [name, round(workMs), round(waitMs)]),
    ),
    `The look itself takes the host ${Math.round(look)} ms, most of it for ${slowest.map(({ kind, ms }) => `${kind} (${Math.round(ms)})`).join(', ')}. What is left of each is
nearly all the start of programs that only the host has (\`systemctl show\` asks systemd about each unit by itself; the kernel walks its
table of sockets for \`/proc/net/tcp\`).`,
    whatIsNext,
  ].join('\n\n');
};

const whatIsNext = `What would be next: units and files looked at side by side, where the host has more than one core; programs and modules that a playbook does
not use left unread (zod makes the schemas of all modules at every start); the script sent behind the request to run it instead of
after its answer, which saves a round trip.`;

/** Where the time of a converged apply goes. */
export const profile: Part<ProfileResult> = {
  name: 'profile',
  measure: measureProfile,
  render: renderProfile,
  bars: () => [],
  pictures: (result) => [{ name: pictureName, text: drawProfile(result) }],
};
