import type { Task } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { deferred, failed, undecided } from './decision.ts';
import { includesVariables } from './included-variables.ts';
import type { Instance } from './instance.ts';
import { NotObserved } from './overlay.ts';
import type { PassCourse } from './pass-course.ts';
import type { PassOptions } from './pass-options.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import { planInstance } from './plan-instance.ts';
import type { Notified, PlannedTask } from './planned.ts';
import { handlersFor } from './sequence.ts';
import { mayClaim } from './task-effects.ts';

/** Why a handler runs, and which debts that settles. */
export interface HandlerRun {
  readonly isOwed: boolean;
  readonly settles: readonly string[];
}

const isLiteralFalse = (task: Task): boolean =>
  task.changedWhen?.length === 1 && task.changedWhen[0] === false;

/** Decided without any fact: so it is, whatever a look shows. */
const isCertain = ({ outcome, keys, plan }: PlannedTask): boolean =>
  outcome === 'skipped' || (outcome === 'ok' && keys.length === 0 && plan.actions.length === 0);

/** Decides the items of the tasks of a pass, and notes in its course what the decisions wait for. */
export class InstanceDecider {
  readonly #options: PassOptions;
  readonly #course: PassCourse;

  constructor(options: PassOptions, course: PassCourse) {
    this.#options = options;
    this.#course = course;
  }

  /**
   * A task whose items cannot be told, as one.
   *
   * @returns undefined while only facts are collected
   */
  decideUnexpanded(instance: Instance, error: unknown): PlannedTask | undefined {
    const planned = undecided(instance.ref, instance);
    if (error instanceof Blocked) {
      this.#course.hasGaps ||= mayClaim(instance);
      this.#course.noteWait(error.because, true);
      this.#noteClosed(instance, error.because);
      if (this.#course.collecting) return undefined;
      return deferred(planned, error.because);
    }
    if (!(error instanceof TaskFailure || error instanceof TemplateError)) throw error;
    const mayBeSetBy = this.#mayBeSetBy(error);
    if (mayBeSetBy !== undefined) return this.decideUnexpanded(instance, new Blocked(mayBeSetBy));
    // A skipped task's loop may well hang on what is not there: `when` is asked first.
    const skipped = planInstance(instance, this.#environmentFor, () => []);
    if (skipped.outcome === 'skipped') return skipped;
    const failure = failed({ ...planned, ignoreErrors: skipped.ignoreErrors }, error);
    if (!this.#course.collecting) return failure;
    if (!failure.ignoreErrors) this.#course.noteWrong(failure);
    return undefined;
  }

  /** @returns undefined while only facts are collected, or when facts are missing */
  decide(instance: Instance, handler: HandlerRun | undefined): PlannedTask | undefined {
    try {
      const decision = this.#orLater(
        planInstance(instance, this.#environmentFor, () => this.#notifiedBy(instance)),
      );
      if (decision.because !== undefined) this.#course.noteWait(decision.because, decision.asksLater);
      if (decision.outcome === 'deferred') this.#noteClosed(instance, decision.because ?? '');
      if (this.#course.collecting) {
        if (decision.outcome === 'failed' && !decision.ignoreErrors) this.#course.noteWrong(decision);
        return isCertain(decision) ? decision : undefined;
      }
      return handler === undefined
        ? decision
        : { ...decision, owed: handler.isOwed, settles: handler.settles };
    } catch (error) {
      if (!(error instanceof NotObserved)) throw error;
      this.#course.halt({ reason: 'not-observed', keys: error.keys });
      return undefined;
    }
  }

  /** Which variables an include_vars brings is not known while it waits. */
  #noteClosed({ task }: Instance, because: string): void {
    if (includesVariables(task)) this.#course.unopened.push({ at: this.#course.at, because });
  }

  readonly #environmentFor = (instance: Instance): PlanEnvironment => {
    const { environment, guests } = this.#options;
    const own = guests.environmentOf(instance, environment);
    if (!this.#course.isGuessing) return own;
    // A command is not run for a rescue that may never come.
    return { ...own, want: (keys) => own.want(keys.filter(({ kind }) => kind !== 'probe')) };
  };

  /** What keeps an include closed whose tasks may set the variable that this says is not there, or is wrong. */
  #mayBeSetBy(error: Error | undefined): string | undefined {
    const isMissing = error instanceof TemplateError && error.diagnostic.code === 'undefined-variable';
    // Before anything was seen, a default may stand for what an include has still to set.
    const mayBeOther = this.#options.mode === 'collect' && error !== undefined;
    return isMissing || mayBeOther ? this.#course.unopened[0]?.because : undefined;
  }

  #orLater(decision: PlannedTask): PlannedTask {
    const because = this.#mayBeSetBy(decision.error);
    if (because === undefined) return decision;
    return deferred({ ...decision, error: undefined }, because);
  }

  #notifiedBy({ task, play, scope }: Instance): readonly Notified[] {
    if (isLiteralFalse(task)) return [];
    return task.notify.flatMap(({ text, span }) => {
      const name = String(scope.render(text));
      const handlers = handlersFor(play, name);
      if (handlers.length === 0)
        throw new TaskFailure(`${renderPlace(span)}: no handler is called or listens to "${name}"`);
      return handlers.map((handler): Notified => ({ play, handler }));
    });
  }
}
