/**
 * Converged applies to simulated hosts: wall time, CPU a host and peak memory.
 *
 *   npx tsx bench/scale/run.ts [--hosts 10,100,1000] [--forks 50,200] [--runs 3] [--output plain|progress]
 *
 * Options of node, for a profile, follow `--`: `-- --cpu-prof --cpu-prof-dir=FOLDER`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { measureScale, measureView, type ScaleOptions } from './measure-scale.ts';

const root = join(import.meta.dirname, '../..');

const { values, positionals } = parseArgs({
  options: {
    hosts: { type: 'string', default: '10,100,1000' },
    forks: { type: 'string', default: '50,200' },
    runs: { type: 'string', default: '3' },
    output: { type: 'string', default: 'plain' },
  },
  allowPositionals: true,
});
const numbers = (text: string): readonly number[] => text.split(',').map(Number);

await execa(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
const options: ScaleOptions = {
  root,
  hosts: numbers(values.hosts),
  forks: numbers(values.forks),
  runs: Number(values.runs),
  nodeOptions: positionals,
  say: (text) => console.error(`bench: ${text}`),
};
if (values.output === 'progress') console.table(await measureView(options));
else {
  const { recordedFrom, rows } = await measureScale(options);
  console.log(`recorded from ${recordedFrom}`);
  console.table(
    rows.map(({ hosts, forks, wallS, cpuS, peakMb }) => ({
      hosts,
      forks,
      'wall s': wallS,
      'CPU ms a host': Math.round((cpuS / hosts) * 10_000) / 10,
      'peak MB': Math.round(peakMb),
    })),
  );
}
