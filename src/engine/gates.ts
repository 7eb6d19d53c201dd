import type { Entry, Gate } from '../model/play.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';

/** The same objects in every pass, and for all hosts. */
const opened = memoizeByObject((entry: Entry): Entry => {
  const asked = new Set(entry.gates?.flatMap(({ when }) => when).filter((one) => typeof one !== 'boolean'));
  return { ...entry, when: entry.when.filter((one) => typeof one === 'boolean' || !asked.has(one)) };
});
const closed = memoizeByObject((entry: Entry): Entry => ({ ...entry, when: [false] }));

/**
 * The `when` of includes, for one pass of a host. An include is decided when its turn comes, so what its own tasks set
 * afterwards does not count: that is how `include_tasks: defaults.yml` with `when: name is undefined` can set the name.
 */
export class Gates {
  /** By gate; undefined: it could not be told, and each task asks for itself. */
  readonly #verdicts = new Map<string, boolean | undefined>();

  /**
   * The entry as its includes let it through: without their conditions, or with one that never holds.
   *
   * @param test  whether all conditions hold, by what is set now
   */
  through(entry: Entry, test: (gate: Gate) => boolean): Entry {
    if (entry.gates === undefined) return entry;
    for (const gate of entry.gates) {
      const holds = this.#verdictOf(gate, test);
      if (holds === undefined) return entry;
      if (!holds) return closed(entry);
    }
    return opened(entry);
  }

  /** NOTE: asked by the first task that comes to it, before anything within the include is set. */
  #verdictOf(gate: Gate, test: (gate: Gate) => boolean): boolean | undefined {
    if (!this.#verdicts.has(gate.id)) this.#verdicts.set(gate.id, ask(gate, test));
    return this.#verdicts.get(gate.id);
  }
}

const ask = (gate: Gate, test: (gate: Gate) => boolean): boolean | undefined => {
  try {
    return test(gate);
  } catch (error) {
    if (error instanceof Blocked || error instanceof TaskFailure || error instanceof TemplateError)
      return undefined;
    throw error;
  }
};
