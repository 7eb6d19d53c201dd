import { basename } from 'node:path';
import type { Debt } from '../facts/memory.ts';
import type { Handler, Play } from '../model/play.ts';
import { sha256 } from '../util/sha256.ts';

/**
 * The name under which a host remembers that it owes a handler. The same for the same playbook wherever it lies, so that
 * a colleague's run makes good what mine left.
 */
export const debtId = (play: Play, handler: Handler): string =>
  sha256([basename(play.playbook), play.name, handler.name?.text ?? handler.id].join('\0')).slice(0, 24);

/** Debts of a host: those an earlier run left, and those of this run. */
export class Debts {
  readonly #found = new Map<string, Debt>();
  readonly #made = new Set<string>();

  /** What the host remembered when it was first looked at. */
  find(owed: readonly Debt[]): void {
    for (const debt of owed) this.#found.set(debt.id, debt);
  }

  /** Whether an earlier run left it. */
  isFound(id: string): boolean {
    return this.#found.has(id);
  }

  /** Whether it stands on the host now. */
  stands(id: string): boolean {
    return this.#found.has(id) || this.#made.has(id);
  }

  make(id: string): void {
    this.#made.add(id);
  }

  settle(id: string): void {
    this.#found.delete(id);
    this.#made.delete(id);
  }

  /** Made by this run and never settled, since the task turned out to have changed nothing. */
  made(): readonly string[] {
    return [...this.#made];
  }

  /** Left by earlier runs, settled by nobody. */
  found(): readonly Debt[] {
    return [...this.#found.values()];
  }
}
