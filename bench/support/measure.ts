import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { aptInstall, canInstallPackages } from '../../test/hosts/apt-install.ts';

/** A command line, and what it needs around it. */
export interface Command {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit statuses that are no failure; by default only 0. */
  readonly statuses?: readonly number[];
}

/** One run as a whole process, children that it waited for included. */
export interface Run {
  readonly wallS: number;
  readonly cpuS: number;
  /** Peak memory of the largest single process. */
  readonly peakMb: number;
}

// bash tells thousandths of a second where time(1) tells hundredths, which is too coarse for a start of Node.js; only time(1)
// tells the peak of memory.
const timed = `TIMEFORMAT='%3R %3U %3S'
{ time /usr/bin/time -f %M -o "$0.peak" "$@" 2>&4 4>&-; } 4>&2 2>"$0"`;

/** Makes sure that time(1) is there. @throws Error when it is not, and this user cannot install it */
export const ensureTime = async (): Promise<void> => {
  if (existsSync('/usr/bin/time')) return;
  if (!canInstallPackages()) throw new Error('/usr/bin/time is missing: install the package "time"');
  await aptInstall(['time']);
};

/**
 * Runs a command under time(1), which `ensureTime` has seen to.
 *
 * @throws Error with the end of what it printed, when its exit status is none of `statuses`
 */
export const measure = async ({ words, env = {}, cwd, statuses = [0] }: Command): Promise<Run> => {
  const report = join(tmpdir(), `syn-deploy-bench-${process.pid}-${performance.now()}`);
  const { exitCode, all } = await execa('bash', ['-c', timed, report, ...words], {
    all: true,
    reject: false,
    stdin: 'ignore',
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const [spent, peak] = await Promise.all([takeFile(report), takeFile(`${report}.peak`)]);
  if (!statuses.includes(exitCode ?? -1))
    throw new Error(`${words.join(' ')}: exit status ${exitCode}\n${all.slice(-3000)}`);
  const [wallS = 0, userS = 0, systemS = 0] = spent.replaceAll(',', '.').split(' ').map(Number);
  // A status other than 0 is told in a line of its own before.
  const peakKb = Number(peak.split('\n').at(-1));
  return {
    wallS,
    cpuS: Math.round((userS + systemS) * 1000) / 1000,
    peakMb: Math.round(peakKb / 102.4) / 10,
  };
};

const takeFile = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8');
  await rm(path);
  return text.trim();
};

/** The middle one, or the mean of the two in the middle. */
export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
};
