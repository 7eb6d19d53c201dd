import { createHash } from 'node:crypto';

const size = 624;
const middle = 397;

/**
 * Python's `random.Random(seed)`, so that `random(seed=inventory_hostname)` gives the minute that Ansible gave.
 *
 * A text as seed is read as Python's version 2 of seeding does: its bytes and their SHA-512 as one number.
 *
 * @see https://docs.python.org/3/library/random.html
 */
export class PythonRandom {
  readonly #state = new Uint32Array(size);
  #at = size;

  constructor(seed: string | number) {
    const bytes = new TextEncoder().encode(String(seed));
    const number =
      typeof seed === 'number'
        ? BigInt(Math.abs(Math.trunc(seed)))
        : BigInt(
            `0x${Buffer.from(bytes).toString('hex')}${createHash('sha512').update(bytes).digest('hex')}`,
          );
    const key: number[] = [];
    for (let rest = number; rest > 0n; rest >>= 32n) key.push(Number(rest & 0xffffffffn));
    this.#seed(key.length === 0 ? [0] : key);
  }

  #seed(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19_650_218;
    for (let i = 1; i < size; i += 1) {
      const before = (state[i - 1] as number) ^ ((state[i - 1] as number) >>> 30);
      state[i] = Math.imul(1_812_433_253, before) + i;
    }
    let [i, j] = [1, 0];
    const mixed = (factor: number): number => {
      const before = (state[i - 1] as number) ^ ((state[i - 1] as number) >>> 30);
      return ((state[i] as number) ^ Math.imul(before, factor)) >>> 0;
    };
    const step = (): void => {
      i += 1;
      if (i < size) return;
      state[0] = state[size - 1] as number;
      i = 1;
    };
    for (let k = Math.max(size, key.length); k > 0; k -= 1) {
      state[i] = mixed(1_664_525) + (key[j] as number) + j;
      j = (j + 1) % key.length;
      step();
    }
    for (let k = size - 1; k > 0; k -= 1) {
      state[i] = mixed(1_566_083_941) - i;
      step();
    }
    state[0] = 0x80000000;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < size; i += 1) {
      const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % size] as number) & 0x7fffffff);
      state[i] = (state[(i + middle) % size] as number) ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
    }
    this.#at = 0;
  }

  /** @param bits  1 to 32 */
  #bits(bits: number): number {
    if (this.#at >= size) this.#twist();
    let y = this.#state[this.#at] as number;
    this.#at += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return (y >>> 0) >>> (32 - bits);
  }

  /** A whole number from 0 on, smaller than `bound`, which is at most 2 to the 32nd. */
  below(bound: number): number {
    const bits = Math.floor(Math.log2(bound)) + 1;
    let found = this.#bits(bits);
    while (found >= bound) found = this.#bits(bits);
    return found;
  }

  /** `randrange(start, end, step)` */
  range(start: number, end: number, step = 1): number {
    return start + step * this.below(Math.max(1, Math.ceil((end - start) / step)));
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }
}
