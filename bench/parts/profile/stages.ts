import type { Stage } from '../../support/results.ts';

/** The parts of a .cpuprofile that are read. @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string };
    readonly children?: readonly number[];
  }[];
  /** Ids of nodes, one a sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** A stage begins with the first sample that has one of these functions in its stack. */
interface Mark {
  readonly stage: string;
  readonly functions: RegExp;
}

/** In the order of a converged apply. The bundle may put a number behind a name that it has twice. */
const marks: readonly Mark[] = [
  { stage: 'load the program', functions: /./ },
  { stage: 'read inventory and playbook', functions: /^loadProject\d*$/ },
  { stage: 'validate', functions: /^(createVariableSources|prepareWork|validateWork)\d*$/ },
  { stage: 'load the SSH library', functions: /^node_modules\/ssh2\/lib\/index\.js$/ },
  { stage: 'connect and log in', functions: /^(connectSsh|openClient|internalConnect)\d*$/ },
  { stage: 'look at the host', functions: /^(renderScript|sendScript)\d*$/ },
  { stage: 'read the look, plan and prove', functions: /^(takeSections|#apply|#check)\d*$/ },
  { stage: 'take leave', functions: /^(__callDispose|disconnect)\d*$/ },
];

export const stageNames: readonly string[] = marks.map(({ stage }) => stage);

/** Of every node, the names of its function and of all that called it. */
const stacksOf = ({ nodes }: CpuProfile): ReadonlyMap<number, readonly string[]> => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stacks = new Map<number, readonly string[]>();
  const visit = (id: number, callers: readonly string[]): void => {
    const node = byId.get(id);
    const stack = [...callers, node?.callFrame.functionName ?? ''];
    stacks.set(id, stack);
    for (const child of node?.children ?? []) visit(child, stack);
  };
  const called = new Set(nodes.flatMap(({ children = [] }) => children));
  for (const { id } of nodes) if (!called.has(id)) visit(id, []);
  return stacks;
};

/**
 * Parts the time of one run among its stages.
 *
 * @throws Error when a stage never began: a function has another name now
 */
export const stagesOf = (profile: CpuProfile): readonly Stage[] => {
  const stacks = stacksOf(profile);
  const stages = marks.map(({ stage }) => ({ name: stage, workMs: 0, waitMs: 0 }));
  let at = 0;
  for (const [index, id] of profile.samples.entries()) {
    const stack = stacks.get(id) ?? [];
    const next = marks[at + 1];
    if (next !== undefined && stack.some((name) => next.functions.test(name))) at += 1;
    // A sample stands for the time until the one after it.
    const ms = (profile.timeDeltas[index + 1] ?? 0) / 1000;
    const stage = stages[at];
    if (stage === undefined) continue;
    if (stack.at(-1) === '(idle)') stage.waitMs += ms;
    else stage.workMs += ms;
  }
  if (at + 1 < marks.length) throw new Error(`the stage "${marks[at + 1]?.stage}" never began`);
  return stages;
};
