import type { Mask } from './mask.ts';

/** Cuts what an action prints live so that no secret is shown in two halves. One of each stream of each action. */
export class LiveOutput {
  readonly #mask: Mask;
  #held = '';

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  /** @returns what may be shown now; empty where all of it has to wait for what comes */
  feed(text: string): string {
    const whole = this.#held + text;
    const length = this.#mask.safeLength(whole);
    this.#held = whole.slice(length);
    return whole.slice(0, length);
  }

  /** What was held back. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}
