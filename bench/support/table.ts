import { median, type Run } from './measure.ts';

/** All runs of one tool in one case. */
export interface Row {
  readonly case: string;
  readonly hosts: number;
  readonly rttMs: number;
  readonly tool: string;
  readonly runs: readonly Run[];
}

const round = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));

/** How many times as long as ours: below 1 for what is faster. */
const ratio = (wallS: number, ours: number | undefined): string =>
  ours === undefined ? '' : `${round(wallS / ours)} ×`;

/** A table a case, number of hosts and round trip: medians of whole processes, and the ratio to ours. */
export const renderTable = (rows: readonly Row[]): string => {
  const titles = [...new Set(rows.map(titleOf))];
  return titles
    .map((title) => {
      const own = rows.filter((row) => titleOf(row) === title);
      const wall = ({ runs }: Row): number => median(runs.map(({ wallS }) => wallS));
      const ourRow = own.find(({ tool }) => tool === 'syn-deploy');
      const ours = ourRow === undefined ? undefined : wall(ourRow);
      const lines = own.map((row) => {
        const walls = row.runs.map(({ wallS }) => wallS);
        const range = `${round(Math.min(...walls))}–${round(Math.max(...walls))}`;
        const cpu = round(median(row.runs.map(({ cpuS }) => cpuS)));
        const peak = Math.round(median(row.runs.map(({ peakMb }) => peakMb)));
        return `| ${row.tool} | ${round(wall(row))} (${range}, ${walls.length}) | ${cpu} | ${peak} | ${ratio(wall(row), ours)} |`;
      });
      return [
        `## ${title}`,
        '',
        '| tool | wall s, median (min–max, runs) | CPU s here | peak MB | of ours |',
        '| --- | --- | --- | --- | --- |',
        ...lines,
        '',
      ].join('\n');
    })
    .join('\n');
};

const titleOf = ({ case: name, hosts, rttMs }: Row): string =>
  `${name}, ${hosts} ${hosts === 1 ? 'host' : 'hosts'}, ${rttMs === 0 ? 'no delay' : `round trip ${rttMs} ms`}`;
