import { DiagnosticError } from '../model/diagnostic.ts';
import type { TaskRef } from '../model/event.ts';
import type { Entry, Handler, IncludeTasks, Meta, Play, Role } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { undecided } from './decision.ts';
import { Gates } from './gates.ts';
import type { Dynamic } from './host-variables.ts';
import { openInclude } from './open-include.ts';
import { NotObserved } from './overlay.ts';
import { PassCourse } from './pass-course.ts';
import type { PassOptions, Progress } from './pass-options.ts';
import type { PassResult } from './pass-result.ts';
import { isSelected } from './selection.ts';
import { type Step, withinOf } from './sequence.ts';
import { TaskWalk } from './walk-task.ts';

/** How an entry is reported that is not, or not yet, known by its instances. */
const refOfEntry = (entry: Entry): TaskRef => {
  const module = moduleOf(entry);
  const name = entry.type === 'task' ? (entry.name?.text ?? module) : titleOf(entry, module);
  return { id: entry.id, name, module, item: null, source: renderPlace(entry.span), handler: false };
};

const moduleOf = (entry: Entry): string => {
  if (entry.type === 'task') return entry.moduleName;
  return entry.type === 'meta' ? `meta ${entry.action}` : 'include_tasks';
};

const titleOf = (entry: IncludeTasks | Meta, module: string): string =>
  entry.type === 'include' ? `${module} ${entry.file.text}` : module;

/**
 * One walk through a host's steps, deciding each task against the overlay. Pure but for the includes it opens, which
 * replace their step once they are known.
 */
export class Pass {
  readonly #progress: Progress;
  readonly #options: PassOptions;
  readonly #course: PassCourse;
  readonly #tasks: TaskWalk;
  readonly #gates = new Gates();
  /** What has come to its end by a `meta`, for this host. */
  #endOf: Play | 'all' | undefined;
  /** Roles that have come to their end by `meta: end_role`. */
  readonly #endedRoles = new Set<Role>();

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
      if (!this.#enters(step)) continue;
      const opened = this.#walk(step);
      if (opened !== undefined) {
        steps.splice(at, 1, ...opened);
        at -= 1;
      } else this.#course.passStep(step);
    }
    this.#course.leave();
    return this.#course.result;
  }

  /** Of a role, or of one that it has brought. */
  #isEnded(role: Role | undefined): boolean {
    return role !== undefined && [role, ...(role.users ?? [])].some((one) => this.#endedRoles.has(one));
  }

  /** Whether the host takes the step, or asks what it would want to know in case that it takes it. */
  #enters(step: Step): boolean {
    if (this.#endOf === 'all') return false;
    if (this.#endOf !== undefined && !(step.type === 'play-end' && step.play === this.#endOf)) return false;
    this.#endOf = undefined;
    if (step.type === 'entry' && this.#isEnded(step.entry.role)) return false;
    const runs = this.#course.enter(step);
    if (runs !== 'perhaps') return runs;
    if (this.#course.collecting) return step.type === 'entry' && step.entry.type !== 'meta';
    if (this.#options.mode === 'check' && step.type === 'entry') this.#postpone(step.entry);
    return false;
  }

  /** A task of a rescue that runs if a task before it fails. */
  #postpone(entry: Entry): void {
    if (entry.type === 'meta' || !isSelected(entry, this.#options.selection)) return;
    const because = `${this.#course.risk}, if that fails`;
    this.#course.postpone({ ...undecided(refOfEntry(entry)), outcome: 'deferred', because });
  }

  /** @returns the steps that replace it, when it is an include whose tasks are now known */
  #walk(step: Step): readonly Step[] | undefined {
    if (step.type === 'flush') this.#flush(step);
    else if (step.type === 'prune') this.#prune(step);
    else if (step.type === 'play-start') this.#startPlay(step);
    else if (step.type === 'entry') return this.#walkEntry(step);
    return undefined;
  }

  #walkEntry(step: Extract<Step, { type: 'entry' }>): readonly Step[] | undefined {
    const { play, vars } = step;
    if (!isSelected(step.entry, this.#options.selection)) return undefined;
    const entry = this.#gates.through(step.entry, (gate) => {
      const scope = this.#course.scope(play, gate, vars);
      return gate.when.every((condition) => scope.test(condition));
    });
    if (entry.type === 'task') this.#tasks.walk(play, entry, vars, { home: entry });
    else if (entry.type === 'include') return this.#openInclude(play, entry, vars);
    else this.#walkMeta(step, entry);
    return undefined;
  }

  #walkMeta(step: Extract<Step, { type: 'entry' }>, meta: Meta): void {
    if (meta.action === 'noop') return;
    const { play, vars } = step;
    const scope = this.#course.scope(play, meta, vars);
    try {
      if (!meta.when.every((condition) => scope.test(condition))) return;
      // What is passed over is still declared.
      if (meta.action !== 'flush_handlers') this.#course.hasGaps = true;
      if (meta.action === 'end_role') {
        if (meta.role !== undefined) this.#endedRoles.add(meta.role);
        return;
      }
      const of = meta.action === 'end_host' ? 'host' : 'play';
      this.#course.end(step, of);
      this.#endOf = of === 'host' ? 'all' : play;
    } catch (error) {
      this.#giveUpEntry(meta, error);
    }
  }

  #openInclude(play: Play, include: IncludeTasks, vars: Dynamic): readonly Step[] | undefined {
    const place = { play, at: this.#course.at, vars };
    try {
      return openInclude(include, place, (all) => this.#course.scope(play, include, all));
    } catch (error) {
      this.#giveUpEntry(include, error);
      return undefined;
    }
  }

  /** An entry that is no task cannot be decided, or is wrong: reported as a task would be. */
  #giveUpEntry(entry: IncludeTasks | Meta, error: unknown): void {
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
      this.#giveUpEntry(entry, new Blocked(closed.because));
      return;
    }
    if (error instanceof Blocked) {
      this.#course.noteWait(error.because, true);
      if (entry.type === 'include')
        this.#course.unopened.push({ at: this.#course.at, because: error.because });
    }
    if (this.#course.collecting) return;
    const ref = refOfEntry(entry);
    const because = error instanceof Blocked ? error.because : undefined;
    this.#tasks.takeWhole({
      ...undecided(ref),
      within: entry.within,
      outcome: isWrong ? 'failed' : 'deferred',
      because,
      error: isWrong ? error : undefined,
      registered: isWrong ? { failed: true, changed: false, msg: error.message } : {},
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
      const run: Handler = { ...handler, id: `${handler.id} (flush ${ordinal})`, within: withinOf(step) };
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
