import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Command, Run } from '../support/measure.ts';
import { Terminal } from './terminal.ts';

/** How much there was to see. */
export interface ViewCost {
  readonly writtenKb: number;
  /** Drawings of the live part. */
  readonly frames: number;
  /** Lines of the highest drawing. */
  readonly highestFrame: number;
  /** Lines that are there when the run is over. */
  readonly linesLeft: number;
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs a command on a pseudo-terminal of 120 columns and 40 rows. @throws Error when it fails */
export const watchTerminal = async ({
  words,
}: Command): Promise<{ readonly run: Run; readonly cost: ViewCost }> => {
  const report = join(tmpdir(), `syn-deploy-bench-${process.pid}-terminal`);
  const timed = ['/usr/bin/time', '-f', '%e %U %S %M', '-o', report, ...words].map(quote).join(' ');
  const { stdout } = await execa(
    'script',
    ['--quiet', '--return', '--command', `stty cols 120 rows 40; ${timed}`, '/dev/null'],
    { stdin: 'ignore', env: { TERM: 'xterm-256color' }, maxBuffer: 2 ** 30 },
  );
  const [wallS = 0, userS = 0, systemS = 0, peakKb = 0] = (await readFile(report, 'utf8'))
    .split(' ')
    .map(Number);
  await rm(report);
  const terminal = new Terminal();
  terminal.write(stdout);
  return {
    run: { wallS, cpuS: userS + systemS, peakMb: peakKb / 1024 },
    cost: {
      writtenKb: stdout.length / 1024,
      frames: terminal.frames,
      highestFrame: terminal.highestFrame,
      linesLeft: terminal.lines().length,
    },
  };
};
