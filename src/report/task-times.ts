import type { RunEvent } from '../model/event.ts';

/** How long the actions of each task took, which a report does not say: from the events of the run. */
export class TaskTimes {
  /** Milliseconds of actions whose task is not over, by host and task. */
  readonly #running = new Map<string, number>();
  readonly #ended = new Map<string, number[]>();

  take(event: RunEvent): void {
    if (event.type === 'action-finished') {
      const key = `${event.host}\0${event.task.id}`;
      this.#running.set(key, (this.#running.get(key) ?? 0) + event.durationMs);
    } else if (event.type === 'task-finished') {
      const key = `${event.host}\0${event.task.id}`;
      const ended = this.#ended.get(event.host) ?? [];
      ended.push(this.#running.get(key) ?? 0);
      this.#ended.set(event.host, ended);
      this.#running.delete(key);
    }
  }

  /** Milliseconds, in the order of the tasks in the host's report. */
  of(host: string): readonly number[] {
    return this.#ended.get(host) ?? [];
  }
}
