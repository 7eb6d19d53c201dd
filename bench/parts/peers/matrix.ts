import type { CaseName, Cell, ToolName } from '../../support/results.ts';

/** What a case asks for. */
export interface Case {
  readonly title: string;
  readonly action: 'apply' | 'check';
  /** Every run has hosts of its own, on which only the packages are there. */
  readonly isFresh?: true;
  /** Before each run every host gets a drift of one worker. */
  readonly isDrifted?: true;
  /** Where a run takes longer than the others, fewer are enough. */
  readonly mostRuns?: number;
}

/** In the order of the page. */
export const cases: Readonly<Record<CaseName, Case>> = {
  converged: { title: 'Converged apply', action: 'apply' },
  check: { title: 'Check with diff', action: 'check' },
  changed: { title: 'One changed worker', action: 'apply', isDrifted: true },
  first: {
    title: 'First apply, with the packages already there',
    action: 'apply',
    isFresh: true,
    mostRuns: 3,
  },
};
export const caseNames = Object.keys(cases) as readonly CaseName[];

/** In the order of the tables. */
export const toolTitles: Readonly<Record<ToolName, string>> = {
  floor: 'floor: ssh and one probe script',
  'syn-deploy': '**syn-deploy**',
  bundlewrap: 'bundlewrap',
  pyinfra: 'pyinfra',
  mitogen: 'Ansible, mitogen',
  pipelining: 'Ansible, pipelining',
  ansible: 'Ansible',
};
export const toolNames = Object.keys(toolTitles) as readonly ToolName[];

const oneHost = ({ hosts }: Cell): boolean => hosts === 1;
const noDelay = ({ rttMs }: Cell): boolean => rttMs === 0;

/** Which tool takes part where: what takes minutes is measured where it tells something. `policy` says it in words. */
const takesPart: Readonly<Record<ToolName, (cell: Cell) => boolean>> = {
  floor: (cell) => cell.case === 'converged' || cell.case === 'check',
  'syn-deploy': () => true,
  bundlewrap: (cell) => oneHost(cell) || noDelay(cell),
  pyinfra: (cell) => oneHost(cell) || noDelay(cell),
  mitogen: (cell) => oneHost(cell) || noDelay(cell),
  pipelining: (cell) =>
    oneHost(cell) || (noDelay(cell) && (cell.hosts <= 4 || (cell.hosts <= 16 && cell.case === 'converged'))),
  ansible: (cell) => noDelay(cell) && cell.hosts <= 4,
};

export const policy = `Not every cell of this has been measured yet; the tables show those that have. A whole run takes about 95 minutes: syn-deploy is everywhere, and the floor wherever nothing is changed. bundlewrap, pyinfra and Ansible with mitogen are measured on one
host at every round trip, on several without delay; Ansible with pipelining on one host at every round trip, on 4 without delay, on 16
only for the converged apply without delay; Ansible as it comes on 1 and 4 hosts without delay.`;

export const toolsOf = (cell: Cell, among: readonly ToolName[]): readonly ToolName[] =>
  toolNames.filter((tool) => among.includes(tool) && takesPart[tool](cell));

/** One text a cell. */
export const keyOf = (cell: Cell): string => `${cell.case}, ${cell.hosts}, ${cell.rttMs}`;

/** In the order of the page: cases, in each the hosts, in each the round trips. */
export const byPage = (a: Cell, b: Cell): number =>
  caseNames.indexOf(a.case) - caseNames.indexOf(b.case) || a.hosts - b.hosts || a.rttMs - b.rttMs;

/**
 * In the order of measuring: fresh hosts first and the fewest hosts first, so that no more containers than a case needs take
 * the machine's time.
 */
export const byMeasuring = (a: Cell, b: Cell): number =>
  Number(cases[b.case].isFresh ?? false) - Number(cases[a.case].isFresh ?? false) ||
  a.hosts - b.hosts ||
  a.rttMs - b.rttMs ||
  byPage(a, b);
