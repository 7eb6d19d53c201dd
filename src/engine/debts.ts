import type { Debt } from '../facts/memory.ts';
import type { Handler, Play } from '../model/play.ts';
import { sha256 } from '../util/sha256.ts';

/** Debts of a host: those an earlier run left, and those of this run. */
export class Debts {
  readonly #found = new Map<string, Debt>();
  readonly #made = new Set<string>();
  readonly #nameOf: (playbook: string) => string;

  /** @param nameOf  see `Origin` */
  constructor(nameOf: (playbook: string) => string) {
    this.#nameOf = nameOf;
  }

  /**
   * The name under which a host remembers that it owes a handler. The same for the same playbook wherever its project is
   * checked out, so that a colleague's run makes good what mine left.
   */
  idOf({ playbook, name }: Play, handler: Handler): string {
    const parts = [this.#nameOf(playbook), name, handler.name?.text ?? handler.id];
    return sha256(parts.join('\0')).slice(0, 24);
  }

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

  /** @param isNoted  on the host, too; else that is done at the end of the run */
  settle(id: string, isNoted = true): void {
    this.#found.delete(id);
    if (isNoted) this.#made.delete(id);
    else this.#made.add(id);
  }

  /** Noted on the host and due no more, since a task turned out to have changed nothing, or a handler to have done nothing. */
  made(): readonly string[] {
    return [...this.#made];
  }

  /** Left by earlier runs, settled by nobody. */
  found(): readonly Debt[] {
    return [...this.#found.values()];
  }
}
