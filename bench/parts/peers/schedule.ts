import type { ToolName } from '../../support/results.ts';

/** One run of one tool. */
export interface Turn {
  readonly tool: ToolName;
  /** The first run of a fast tool warms caches, and does not count. */
  readonly counts: boolean;
}

const isFast = (tool: ToolName): boolean => tool === 'floor' || tool === 'syn-deploy';

/**
 * The order of the runs of a cell: fast tools in turn (A B A B …), because the machine drifts; the slow ones spread evenly
 * in between.
 */
export const schedule = (tools: readonly ToolName[], runs: number, slowRuns: number): readonly Turn[] => {
  const fast = tools.filter(isFast);
  const slow = Array.from({ length: slowRuns }, () => tools.filter((tool) => !isFast(tool))).flat();
  const warmUp = fast.map((tool): Turn => ({ tool, counts: false }));
  const rounds = Array.from({ length: runs }, (_, index) => [
    ...fast,
    ...slow.slice(Math.floor((slow.length * index) / runs), Math.floor((slow.length * (index + 1)) / runs)),
  ]);
  return [...warmUp, ...rounds.flat().map((tool): Turn => ({ tool, counts: true }))];
};
