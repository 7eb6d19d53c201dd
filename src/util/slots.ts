/** Everybody who has a place, or wants one, waits for somebody else: nothing would ever happen again. */
export class Standstill extends Error {
  override readonly name = 'Standstill';
}

/** A number of places; who finds none waits, first come first served. */
export class Slots {
  readonly #count: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #pauses = new Set<(standstill: Standstill) => void>();

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** Whether who wants a place has to wait for it. */
  get isFull(): boolean {
    return this.#free === 0;
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  /**
   * Gives the place up while `wait` goes on, and takes one again after it. Only others who have a place can bring it about.
   *
   * @throws Standstill when no others are left that have one
   */
  async pause<T>(wait: Promise<T>): Promise<T> {
    let giveUp: ((standstill: Standstill) => void) | undefined;
    const stuck = new Promise<never>((_, reject) => {
      giveUp = reject;
      this.#pauses.add(reject);
    });
    this.release();
    if (this.#free === this.#count) setImmediate(this.#endStandstill);
    try {
      return await Promise.race([wait, stuck]);
    } finally {
      if (giveUp !== undefined) this.#pauses.delete(giveUp);
      await this.acquire();
    }
  }

  /** Whoever was about to go on has done so by now. */
  readonly #endStandstill = (): void => {
    if (this.#free < this.#count) return;
    const standstill = new Standstill('all wait for one another');
    for (const giveUp of this.#pauses) giveUp(standstill);
  };

  async use<T>(work: () => Promise<T>): Promise<T> {
    await this.acquire();
    try {
      return await work();
    } finally {
      this.release();
    }
  }
}
