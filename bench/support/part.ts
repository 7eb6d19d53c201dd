import type { Bar } from './bar.ts';
import type { CaseName, ToolName } from './results.ts';

/** What the command line asks for. A part takes what means something to it. */
export interface Options {
  /** The checkout, with its dist/. */
  readonly root: string;
  readonly hosts: readonly number[];
  readonly rttMs: readonly number[];
  readonly cases: readonly CaseName[];
  readonly tools: readonly ToolName[];
  /** Of what takes seconds. */
  readonly runs: number;
  /** Of what takes minutes. */
  readonly slowRuns: number;
  /** Told of each step, for people. */
  say(text: string): void;
}

/** A file, named without its folder. */
export interface Picture {
  readonly name: string;
  readonly text: string;
}

/**
 * A part of the benchmark: measures, and shows what was measured before.
 *
 * `Result` is what bench/results/NAME.json holds. `render`, `bars` and `merge` are pure.
 */
export interface Part<Result> {
  readonly name: string;
  /** Yields results as they come, each of which is merged into what is stored: hours of work are not lost by one failure. */
  measure(options: Options): AsyncIterable<Result>;
  /** What is stored after a result came. Default: the later one. */
  merge?(earlier: Result, later: Result): Result;
  /** A section in Markdown, with a heading of the second level. */
  render(result: Result): string;
  /** Files beside docs/benchmarks.md that the section shows. */
  pictures?(result: Result): readonly Picture[];
  /** All bars of this part, also when it has not been measured. */
  bars(result: Result | undefined): readonly Bar[];
}
