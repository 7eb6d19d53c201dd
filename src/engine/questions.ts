import type { Machine } from './run-options.ts';

/** The questions of a run: each is asked once, whichever host comes to it first. */
export class Questions {
  readonly #machine: Machine | undefined;
  readonly #answers = new Map<string, Promise<string | undefined>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(machine: Machine | undefined) {
    this.#machine = machine;
  }

  /** One after another. @returns undefined: nobody is there to answer */
  ask(id: string, question: string, options: { readonly hidden: boolean }): Promise<string | undefined> {
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    const answer = this.#last.then(() => this.#machine?.ask(question, options));
    this.#answers.set(id, answer);
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}
