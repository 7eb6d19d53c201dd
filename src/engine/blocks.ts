import type { Block, Within } from '../model/play.ts';
import type { PlannedTask } from './planned.ts';
import type { Registered } from './results.ts';

/** A task that has failed, as its block is told. */
export interface Failure {
  readonly planned: PlannedTask;
  /** What it came to, all its items together. */
  readonly registered: Registered;
}

/** What becomes of a host whose task failed: its block is rescued, has still its `always` to run, or nobody minds it. */
export type Fate = 'rescued' | 'pending' | 'uncaught';

/** A failure that has its way on outwards once the `always` of a block has run. */
interface Pending {
  readonly block: Block;
  readonly outer: readonly Within[];
  readonly failure: Failure;
}

const isRescue = ({ block, part }: Within): boolean => part === 'block' && block.hasRescue;

const hasStillAlways = ({ block, part }: Within): boolean => part !== 'always' && block.hasAlways;

/** Whether a failure of a task that stands there is made good by a `rescue`. */
export const isRescued = (within: readonly Within[] | undefined): boolean => within?.some(isRescue) === true;

/** Whether the host goes on after such a failure, be it for an `always` only. */
export const isCaught = (within: readonly Within[] | undefined): boolean =>
  within?.some((one) => isRescue(one) || hasStillAlways(one)) === true;

/** Blocks that a failure there ends before their end, by id: out to the one that rescues it. */
export const leftBy = (within: readonly Within[] = []): readonly string[] => {
  const rescuing = within.findLastIndex(isRescue);
  return within.slice(Math.max(0, rescuing)).map(({ block }) => block.id);
};

/**
 * Which parts of its blocks a host goes through: a `block` until a task of it fails, its `rescue` then, and its `always` in
 * either case, after which a failure that was not rescued goes on to the blocks around it.
 */
export class Blocks {
  /** Of blocks that are left by another way than their end, by id. */
  readonly #ways = new Map<string, 'rescue' | 'always'>();
  readonly #pending: Pending[] = [];
  /** Why a task of the block may still fail, by id. */
  readonly #risks = new Map<string, string>();

  /** A task fails. */
  fail(within: readonly Within[], failure: Failure): Fate {
    for (const [index, { block, part }] of [...within.entries()].reverse()) {
      if (isRescue({ block, part })) {
        this.#ways.set(block.id, 'rescue');
        return 'rescued';
      }
      if (hasStillAlways({ block, part })) {
        this.#ways.set(block.id, 'always');
        this.#pending.push({ block, outer: within.slice(0, index), failure });
        return 'pending';
      }
      // What was on its way here has been overtaken by this one.
      this.#drop(block);
    }
    return 'uncaught';
  }

  /**
   * The next task is come to. Failures go on outwards from the blocks that are left by that.
   *
   * @returns the last one that did, and what became of it
   */
  enter(within: readonly Within[] = []): { readonly failure: Failure; readonly fate: Fate } | undefined {
    let last: { readonly failure: Failure; readonly fate: Fate } | undefined;
    for (;;) {
      const pending = this.#pending.at(-1);
      if (pending === undefined || within.some(({ block }) => block.id === pending.block.id)) return last;
      this.#pending.pop();
      const { failure, outer } = pending;
      last = { failure, fate: this.fail(outer, failure) };
    }
  }

  /** Whether the host runs what stands there; `perhaps`: a rescue, while a task of its block may still fail. */
  runs(within: readonly Within[] = []): boolean | 'perhaps' {
    let answer: boolean | 'perhaps' = true;
    for (const { block, part } of within) {
      const way = this.#ways.get(block.id);
      if (part === 'always' || part === (way ?? 'block')) continue;
      if (part === 'rescue' && way === undefined && this.#risks.has(block.id)) answer = 'perhaps';
      else return false;
    }
    return answer;
  }

  /** Why the `rescue` that stands there may have to run: the task that may fail. */
  riskOf(within: readonly Within[] = []): string | undefined {
    const open = within.find(({ block, part }) => part === 'rescue' && !this.#ways.has(block.id));
    return open === undefined ? undefined : this.#risks.get(open.block.id);
  }

  /** The task may fail when it comes to be done. */
  noteRisk(within: readonly Within[] = [], task: string): void {
    for (const { block, part } of within)
      if (part === 'block' && !this.#risks.has(block.id)) this.#risks.set(block.id, task);
  }

  #drop(left: Block): void {
    const at = this.#pending.findIndex(({ block }) => block.id === left.id);
    if (at >= 0) this.#pending.splice(at, 1);
  }
}

/** What the tasks of a `rescue` know of the task that failed, as Ansible has it. */
export const describeFailedTask = (
  { ref, instance }: PlannedTask,
  registered: Registered,
): Readonly<Record<string, unknown>> => ({
  ansible_failed_task: {
    name: instance?.task.name === undefined ? '' : ref.name,
    action: ref.module,
    args: instance?.task.args.value ?? {},
  },
  ansible_failed_result: registered,
});
