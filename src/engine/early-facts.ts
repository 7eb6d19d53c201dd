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
  /** @throws Blocked */
  readonly context: TaskContext;
}

/** What a task will ask for, as far as that can be told. */
export interface EarlyFacts {
  readonly keys: readonly FactKey[];
  /** It will ask for nothing else: no second look is to be expected. */
  readonly isAll: boolean;
}

const nothing: EarlyFacts = { keys: [], isAll: false };

/**
 * Facts that a task will ask for, while some of its texts hang on what is not known yet (the memory of the machine, a secret of
 * another host): asked for now, they save a round trip when the text is there. Commands are left out: they are not run on a guess.
 *
 * @returns no keys where the guess does not get so far: a path that is not known, a number
 */
export const earlyFacts = (task: EarlyTask): EarlyFacts => {
  try {
    // Made here: the account or the environment may hang on what is not known, too.
    const { context } = task;
    const lenient: TaskContext = {
      ...context,
      render: (text, options) => orStandIn(() => context.render(text, options)),
    };
    const rendered = Object.fromEntries(
      task.params.map((param) => [param, orStandIn(() => task.render(param))]),
    );
    const wanted = task.facts(task.parse(rendered), lenient);
    const keys = wanted.filter(({ kind, id }) => kind !== 'probe' && !id.includes(standIn));
    return { keys, isAll: keys.length === wanted.length };
  } catch {
    // Whatever is wrong with a guess, or with the task, is told when it is decided.
    return nothing;
  }
};
