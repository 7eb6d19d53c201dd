import type { FactKey } from '../model/fact.ts';
import type { TaskContext } from '../model/module.ts';
import { Blocked } from '../model/unknown.ts';

/**
 * What stands for a text that cannot be known yet. It only decides which facts are asked for: content that is known to be on the host
 * already is not sent, and nothing on a host is this.
 */
const standIn = '(not known yet)';

const orStandIn = <T>(make: () => T): T | string => {
  try {
    return make();
  } catch (error) {
    if (error instanceof Blocked) return standIn;
    throw error;
  }
};

/** How the parts of a task's parameters are had, for `earlyFacts`. */
export interface EarlyTask {
  /** Names of the parameters. */
  readonly params: readonly string[];
  /** One of them, rendered. @throws Blocked */
  render(param: string): unknown;
  /** The parameters as the module takes them. @throws when they are not what it takes */
  parse(rendered: Readonly<Record<string, unknown>>): unknown;
  /** The module's facts. */
  facts(params: unknown, context: TaskContext): readonly FactKey[];
  readonly context: TaskContext;
}

/**
 * Facts that a task will ask for, while some of its texts hang on what is not known yet (the memory of the machine, a secret of
 * another host): asked for now, they save a round trip when the text is there. Commands are left out: they are not run on a guess.
 *
 * @returns none where the guess does not get so far: a path that is not known, a number
 */
export const earlyFacts = (task: EarlyTask): readonly FactKey[] => {
  const { context } = task;
  const lenient: TaskContext = {
    ...context,
    render: (text, options) => orStandIn(() => context.render(text, options)),
  };
  try {
    const rendered = Object.fromEntries(
      task.params.map((param) => [param, orStandIn(() => task.render(param))]),
    );
    const keys = task.facts(task.parse(rendered), lenient);
    return keys.filter(({ kind, id }) => kind !== 'probe' && !id.includes(standIn));
  } catch {
    // Whatever is wrong with a guess, or with the task, is told when it is decided.
    return [];
  }
};
