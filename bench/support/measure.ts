import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

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

/**
 * Runs a command under time(1).
 *
 * @throws Error with the end of what it printed, when its exit status is none of `statuses`
 */
export const measure = async ({ words, env = {}, cwd, statuses = [0] }: Command): Promise<Run> => {
  const report = join(tmpdir(), `syn-deploy-bench-${process.pid}-${performance.now()}`);
  const { exitCode, all } = await execa('/usr/bin/time', ['-f', '%e %U %S %M', '-o', report, ...words], {
    all: true,
    reject: false,
    stdin: 'ignore',
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  // A status other than 0 is told in a line of its own before.
  const line = (await readFile(report, 'utf8')).trim().split('\n').at(-1) ?? '';
  await rm(report);
  if (!statuses.includes(exitCode ?? -1))
    throw new Error(`${words.join(' ')}: exit status ${exitCode}\n${all.slice(-3000)}`);
  const [wallS = 0, userS = 0, systemS = 0, peakKb = 0] = line.split(' ').map(Number);
  return { wallS, cpuS: userS + systemS, peakMb: peakKb / 1024 };
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
