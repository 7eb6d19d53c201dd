import type { HostReport, HostStatus, TaskReport } from '../model/report.ts';
import { renderPlace } from '../model/span.ts';
import { findUnknown } from '../template/values.ts';
import { isRescued } from './blocks.ts';
import { placePrefix } from './describe-place.ts';
import type { HostSession } from './host-session.ts';
import { causeOf } from './manifest.ts';
import type { Verdict } from './outcome.ts';
import { isUnprovable, type PlannedTask } from './planned.ts';
import type { Registered } from './results.ts';
import type { Step } from './sequence.ts';
import { isOpaque } from './task-effects.ts';
import { reportTask } from './task-report.ts';

/** A host's report while it is not known yet how long it took. */
export type UntimedReport = Omit<HostReport, 'durationMs'>;

const unprovableNote = (planned: PlannedTask): string | null =>
  isUnprovable(planned) && !planned.ref.handler ? 'runs every time: cannot be proved' : null;

/** The tasks of one host that are over, as they are reported and told. */
export class TaskReports {
  readonly #session: HostSession;
  readonly #reports: TaskReport[] = [];
  /** Ids of the tasks so far, without their items: the same file may be read for two plays. */
  readonly #reported = new Set<string>();
  /** Of the tasks so far. */
  readonly #causes = new Set<'host' | 'wanted' | 'both'>();

  constructor(session: HostSession) {
    this.#session = session;
  }

  get all(): readonly TaskReport[] {
    return this.#reports;
  }

  has(status: TaskReport['status']): boolean {
    return this.#reports.some((report) => report.status === status && report.rescued !== true);
  }

  /** Where and why the first failure was, for people; null when nothing failed. */
  get firstFailure(): string | null {
    const failed = this.#reports.find(({ status, rescued }) => status === 'failed' && rescued !== true);
    const { options } = this.#session;
    return failed === undefined ? null : `${placePrefix(failed, options)}${failed.name}: ${failed.message}`;
  }

  /** @param registered  what it came to, where it was tried */
  failed(planned: PlannedTask, message: string, registered?: Registered): void {
    this.#finish(planned, reportTask(planned, 'failed', { message, ...this.#told(registered) }));
  }

  /** The host has not failed by it: the tasks of a block's `rescue` are for that. */
  rescued(planned: PlannedTask, message: string): void {
    this.#finish(planned, reportTask(planned, 'failed', { message, rescued: true }));
  }

  ignored(planned: PlannedTask, message: string): void {
    const { host, emit } = this.#session;
    const { source, name } = planned.ref;
    const said = planned.secret ? '(hidden: no_log)' : message;
    emit({ type: 'warned', host, message: `${source}: ${name} failed, and that is ignored: ${said}` });
    this.#finish(planned, reportTask(planned, 'ok', { message: `failed, and ignored: ${message}` }));
  }

  /** A task that had nothing to do. */
  quiet(planned: PlannedTask): void {
    const status = planned.outcome === 'skipped' ? 'skipped' : 'ok';
    const message = planned.plan.message ?? null;
    this.#finish(planned, reportTask(planned, status, { message, ...this.#told(planned.registered) }));
    this.#warn(planned);
  }

  /** A task whose actions ran. */
  acted(planned: PlannedTask, verdict: Verdict, cause: TaskReport['cause']): void {
    const { changed, registered, overruled } = verdict;
    const status = changed ? 'changed' : 'ok';
    // A command says itself how it ended, and is often asked just that.
    const isSaid = overruled !== undefined && !isOpaque(planned.ref.module);
    const message = isSaid ? `failed, which failed_when overrules: ${overruled}` : unprovableNote(planned);
    const details = { message, cause, ...this.#told(registered) };
    this.#finish(planned, reportTask(planned, status, details));
    this.#warn(planned);
  }

  /** A decision in check mode. */
  decided(planned: PlannedTask): void {
    const { outcome, because } = planned;
    if (outcome === 'deferred') {
      const message = this.#asItIs(planned);
      this.#finish(planned, reportTask(planned, 'not-attempted', { because: because ?? null, message }));
    } else if (outcome === 'skipped') this.#finish(planned, reportTask(planned, 'skipped'));
    else if (outcome === 'failed' && !planned.ignoreErrors) this.#decidedFailure(planned);
    else {
      const details = { because: because ?? null };
      const report =
        outcome === 'act'
          ? reportTask(planned, 'drift', {
              ...details,
              message: unprovableNote(planned),
              cause: this.causeOf(planned),
            })
          : reportTask(planned, 'ok', {
              ...details,
              message: planned.plan.message ?? null,
              ...this.#told(planned.registered),
            });
      this.#finish(planned, report);
    }
    this.#warn(planned);
  }

  #decidedFailure(planned: PlannedTask): void {
    const message = planned.error?.message ?? '';
    if (isRescued(planned.within)) this.rescued(planned, message);
    else this.failed(planned, message);
  }

  /** Tasks that were never come to, as far as they can be told. */
  unattempted(steps: readonly Step[], passedSteps: ReadonlySet<Step>): void {
    // What comes before a task that was attempted was too: a loop without items has nothing to report.
    const from = steps.findLastIndex((step) => step.type === 'entry' && this.#reported.has(step.entry.id));
    for (const step of steps.slice(from + 1)) {
      if (step.type !== 'entry' || step.entry.type !== 'task' || passedSteps.has(step)) continue;
      const { id, name, moduleName, span } = step.entry;
      const line = {
        name: name?.text ?? moduleName,
        module: moduleName,
        item: null,
        source: renderPlace(span),
      };
      if (this.#reported.has(id)) continue;
      this.#push(
        { ...line, id, handler: false },
        {
          ...line,
          status: 'not-attempted',
          cause: null,
          owed: false,
          because: null,
          message: null,
          changes: [],
        },
      );
    }
  }

  /** The report of the host. */
  ofHost(
    status: HostStatus,
    said: Pick<HostReport, 'error' | 'proved' | 'orphans' | 'prunable'>,
  ): UntimedReport {
    const { host, waves, execs, mask } = this.#session;
    return mask.value({ name: host, status, waves, execs, tasks: this.#reports, ...said });
  }

  /** The result of a task of the command line, as far as it is known. */
  #told(registered: Registered | undefined): Pick<TaskReport, 'result'> {
    if (this.#session.options.isAdHoc !== true || registered === undefined) return {};
    return findUnknown(registered) === undefined ? { result: registered } : {};
  }

  #finish({ ref }: PlannedTask, report: TaskReport): void {
    this.#push(ref, report);
  }

  #push(task: PlannedTask['ref'], report: TaskReport): void {
    this.#reports.push(report);
    this.#reported.add(task.id.replace(/ \[\d+\]$/, ''));
    this.#session.emit({ type: 'task-finished', host: this.#session.host, task, report });
  }

  /** What a verification would say now, where the host was as wanted once: on a new host that is no news. */
  #asItIs({ asItIs, instance }: PlannedTask): string | null {
    if (asItIs === undefined || instance === undefined) return null;
    const isManaged = this.#session.manifestText(instance.play.playbook) !== undefined;
    return isManaged ? `as it is, it fails: ${asItIs}` : null;
  }

  /** Whose doing it is that there is something to do, by the host as the run found it: what the run has done since is nobody's drift. */
  causeOf({ instance, ref, claims }: PlannedTask): TaskReport['cause'] {
    if (instance === undefined) return 'wanted';
    // A handler has no state of its own to drift: its cause is the task that notified it.
    if (ref.handler) return null;
    const { found, options } = this.#session;
    const own = causeOf(claims, this.#session.manifest(instance.play.playbook), options.kinds, found);
    if (own === null) return null;
    if (own !== 'follows') {
      this.#causes.add(own);
      return own;
    }
    // What follows from the tasks before it is theirs; what follows from nothing is somebody's on the host.
    const [only = 'host', ...others] = this.#causes;
    return others.length > 0 ? 'both' : only;
  }

  #warn({ plan, ref }: PlannedTask): void {
    const { host, emit, options } = this.#session;
    for (const warning of plan.warnings ?? [])
      emit({ type: 'warned', host, message: `${placePrefix(ref, options)}${warning}` });
  }
}
