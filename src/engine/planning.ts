import { DiagnosticError } from '../model/diagnostic.ts';
import type { Entry, Handler, IncludeTasks, Meta, Play } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import type { Dynamic } from './host-variables.ts';
import { leaveOut } from './leave-out.ts';
import { openInclude } from './open-include.ts';
import { NotObserved } from './overlay.ts';
import { PassCourse } from './pass-course.ts';
import type { PassOptions, Progress } from './pass-options.ts';
import type { PassResult } from './pass-result.ts';
import { undecided } from './plan-instance.ts';
import { isSelected } from './selection.ts';
import type { Step } from './sequence.ts';
import { TaskWalk } from './walk-task.ts';

/**
 * One walk through a host's steps, deciding each task against the overlay. Pure but for the includes it opens, which
 * replace their step once they are known.
 */
export class Pass {
  readonly #progress: Progress;
  readonly #options: PassOptions;
  readonly #course: PassCourse;
  readonly #tasks: TaskWalk;

  constructor(progress: Progress, options: PassOptions) {
    this.#progress = progress;
    this.#options = options;
    this.#course = new PassCourse(progress, options);
    this.#tasks = new TaskWalk(progress, options, this.#course);
  }

  run(): PassResult {
    const { steps } = this.#progress;
    for (let at = 0; at < steps.length; at += 1) {
      const step = steps[at] as Step;
      const opened = this.#walk(step);
      if (opened !== undefined) {
        steps.splice(at, 1, ...opened);
        at -= 1;
      } else this.#course.passStep(step);
    }
    return this.#course.result;
  }

  /** @returns the steps that replace it, when it is an include whose tasks are now known */
  #walk(step: Step): readonly Step[] | undefined {
    this.#course.at = step.at;
    if (step.type === 'flush') this.#flush(step);
    else if (step.type === 'prune') this.#prune(step);
    else if (step.type === 'play-start') this.#startPlay(step);
    else if (step.type === 'entry') return this.#walkEntry(step.play, step.entry, step.vars);
    return undefined;
  }

  #walkEntry(play: Play, entry: Entry, vars: Dynamic): readonly Step[] | undefined {
    if (!isSelected(entry, this.#options.selection)) return undefined;
    if (entry.type === 'task') this.#tasks.walk(play, entry, vars, { home: entry });
    else if (entry.type === 'include') return this.#openInclude(play, entry, vars);
    else this.#walkMeta(play, entry, vars);
    return undefined;
  }

  #walkMeta(play: Play, meta: Meta, vars: Dynamic): void {
    if (meta.action === 'noop') return;
    const scope = this.#course.scope(play, meta, vars);
    try {
      if (!meta.when.every((condition) => scope.test(condition))) return;
      leaveOut(this.#progress.steps, play, meta);
    } catch (error) {
      this.#giveUpEntry(meta, `meta ${meta.action}`, error);
    }
  }

  #openInclude(play: Play, include: IncludeTasks, vars: Dynamic): readonly Step[] | undefined {
    const place = { play, at: this.#course.at, vars };
    try {
      return openInclude(include, place, (all) => this.#course.scope(play, include, all));
    } catch (error) {
      this.#giveUpEntry(include, 'include_tasks', error);
      return undefined;
    }
  }

  /** An entry that is no task cannot be decided, or is wrong: reported as a task would be. */
  #giveUpEntry(entry: IncludeTasks | Meta, module: string, error: unknown): void {
    this.#course.hasGaps = true;
    const isWrong =
      error instanceof TaskFailure || error instanceof TemplateError || error instanceof DiagnosticError;
    if (!isWrong && !(error instanceof Blocked)) throw error;
    const closed = this.#course.unopened[0];
    if (
      closed !== undefined &&
      error instanceof TemplateError &&
      error.diagnostic.code === 'undefined-variable'
    ) {
      this.#giveUpEntry(entry, module, new Blocked(closed.because));
      return;
    }
    if (error instanceof Blocked) {
      this.#course.noteWait(error.because, true);
      if (entry.type === 'include')
        this.#course.unopened.push({ at: this.#course.at, because: error.because });
    }
    if (this.#course.collecting) return;
    const name = entry.type === 'include' ? `${module} ${entry.file.text}` : module;
    const ref = { id: entry.id, name, module, item: null, source: renderPlace(entry.span), handler: false };
    const because = error instanceof Blocked ? error.because : undefined;
    this.#course.take({
      ...undecided(ref),
      outcome: isWrong ? 'failed' : 'deferred',
      because,
      error: isWrong ? error : undefined,
    });
  }

  /**
   * Handlers that are notified by now, or owed, in the order of the play. Their facts are asked for in the first look
   * already, in case something notifies them: no look more for a restart.
   */
  #flush(step: Step): void {
    const { play } = step;
    if (this.#options.mode === 'prove' || this.#progress.passedSteps.has(step)) return;
    const ordinal = this.#progress.steps
      .filter((other) => other.type === 'flush' && other.play === play)
      .indexOf(step);
    const notified = this.#course.notifiedIn(play);
    for (const [order, handler] of play.handlers.entries()) {
      this.#course.at = [...step.at, order];
      if (!isSelected(handler, this.#options.selection)) continue;
      const id = this.#progress.debts.idOf(play, handler);
      const isOwed = this.#progress.debts.isFound(id);
      const run: Handler = { ...handler, id: `${handler.id} (flush ${ordinal})` };
      const isSettled = this.#progress.settled.has(run.id);
      if (notified.has(handler) || isOwed || isSettled)
        this.#tasks.walk(play, run, {}, { home: handler, handler: { isOwed, settles: [id] } });
      else if (this.#course.collecting)
        this.#tasks.walk(play, run, {}, { home: handler, handler: { isOwed: false, settles: [] } });
    }
    if (!this.#course.collecting) this.#course.forgetNotified(play);
  }

  #prune(step: Step): void {
    if (this.#course.collecting || this.#course.hasGaps || this.#progress.passedSteps.has(step)) return;
    try {
      const { left, pruning } = this.#options.planPrune(step.play, this.#course.claims);
      this.#course.noteOrphans(step.play.playbook, left);
      if (pruning !== undefined) this.#course.take(pruning);
    } catch (error) {
      if (error instanceof NotObserved) this.#course.halt({ reason: 'not-observed', keys: error.keys });
      else if (error instanceof Blocked) this.#course.halt({ reason: 'blocked', because: error.because });
      else throw error;
    }
  }

  #startPlay(step: Step): void {
    if (this.#options.mode !== 'apply' || this.#course.collecting || this.#progress.passedSteps.has(step))
      return;
    this.#course.halt({ reason: 'play-start', step });
  }
}
