import type { Action } from '../model/action.ts';
import { FactFailure, type FactKey, type Facts } from '../model/fact.ts';
import type { AnyModule, TaskContext, TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Blocked, isUnknown } from '../model/unknown.ts';

/** A fact and what was seen: a value, `absent`, `unknown('why')`, or a FactFailure. */
export type GivenFact = readonly [key: FactKey, seen: unknown];

/** What a module is asked with. */
export interface PlanGiven {
  /** As a task has them, rendered. */
  readonly params: unknown;
  /** All that is seen of the host; a fact that is asked for and is not here is an error. */
  readonly facts?: readonly GivenFact[];
  readonly context?: Partial<TaskContext>;
}

/** What a module has answered. */
export interface PlannedForTest extends TaskPlan {
  /** One line a change, as people are shown them. */
  readonly summaries: readonly string[];
  /** The sh of all actions. */
  readonly script: string;
}

const nameOf = ({ kind, id }: FactKey): string => `${kind}:${id}`;

const notHere = (what: string) => (): never => {
  throw new Error(`this test gives the module no ${what}; give it in "context"`);
};

const factsFrom = (given: readonly GivenFact[]): Facts => {
  const seen = new Map(given.map(([key, value]) => [nameOf(key), value]));
  return {
    get<V>(key: FactKey<V>): V {
      const name = nameOf(key);
      if (!seen.has(name)) throw new Error(`the module asks for a fact that the test does not give: ${name}`);
      const value = seen.get(name);
      if (isUnknown(value)) throw new Blocked(value.because);
      if (value instanceof FactFailure) throw new TaskFailure(value.message);
      return value as V;
    },
  };
};

const summariesOf = (actions: readonly Action[]): readonly string[] =>
  actions.flatMap(({ changes }) => changes.map(({ summary }) => summary));

/**
 * What a module plans for parameters and facts: for tests of modules, which need no host.
 *
 * @throws TaskFailure where the module refuses; Blocked where it needs a fact that is unknown; Error with what the schema says of
 *   parameters that are wrong, and of facts that the test forgot
 */
export const planOf = (
  module: AnyModule,
  { params, facts = [], context = {} }: PlanGiven,
): PlannedForTest => {
  const parsed = module.params.safeParse(params);
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    );
  const whole: TaskContext = {
    ...{ identity: {}, readOnly: false, checkMode: false, secret: false, diff: false },
    evaluate: notHere('evaluate'),
    render: notHere('render'),
    readFile: notHere('readFile'),
    localFile: notHere('localFile'),
    readTree: notHere('readTree'),
    ...context,
  };
  const planned = module.plan(parsed.data, factsFrom(facts), whole);
  const plan: TaskPlan = 'actions' in planned ? planned : { actions: planned };
  return {
    ...plan,
    summaries: summariesOf(plan.actions),
    script: plan.actions.map(({ sh }) => sh.sh).join('\n'),
  };
};
