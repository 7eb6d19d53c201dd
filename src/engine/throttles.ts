import { Slots } from '../util/slots.ts';
import type { PlannedTask } from './planned.ts';

/** A task that only some hosts may do at a time (`throttle`). */
interface Throttle {
  /** Of the task. */
  readonly id: string;
  readonly count: number;
}

/** Sorted, so that two hosts that need places of two tasks never wait for one another. */
const throttlesOf = (tasks: readonly PlannedTask[]): readonly Throttle[] =>
  [
    ...new Map(
      tasks.flatMap(({ instance }) => {
        const { id, throttle = 0 } = instance?.task ?? { id: '' };
        return throttle > 0 ? [[id, { id, count: throttle }] as const] : [];
      }),
    ).values(),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));

type Rest = (wait: Promise<void>) => Promise<void>;

/** A wait that is broken off leaves its turn in the queue: when it comes, the place is for the next one. */
const takeOne = async (slots: Slots, rest: Rest): Promise<void> => {
  if (!slots.isFull) return await slots.acquire();
  const place = slots.acquire();
  try {
    await rest(place);
  } catch (error) {
    void place.then(() => slots.release());
    throw error;
  }
};

/** The places of a run's throttled tasks. */
export class Throttles {
  readonly #slots = new Map<string, Slots>();

  /**
   * Takes a place of each task that is throttled.
   *
   * @param rest  waits for one, when there is none
   * @returns gives them back
   */
  async take(tasks: readonly PlannedTask[], rest: Rest): Promise<() => void> {
    const taken: Slots[] = [];
    const giveBack = (): void => {
      for (const slots of taken) slots.release();
    };
    try {
      for (const { id, count } of throttlesOf(tasks)) {
        const slots = this.#slots.get(id) ?? new Slots(count);
        this.#slots.set(id, slots);
        await takeOne(slots, rest);
        taken.push(slots);
      }
      return giveBack;
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}
