import type { Span } from './span.ts';

/** A plain value read from YAML, and where each part of it stands. */
export interface Located<T = unknown> {
  readonly value: T;
  readonly span: Span;
  /** The place of the part at `path` (of its value, or of its key); the nearest parent where there is none. */
  at(path: readonly PropertyKey[], part?: 'value' | 'key'): Span;
  /** The source text of a scalar at `path`, as it is written; undefined where the part is no scalar. */
  sourceAt(path: readonly PropertyKey[]): string | undefined;
}

/** Variables of one origin (a file, a task's `vars`), unrendered. */
export interface Variables {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where a variable stands. Undefined for those that stand nowhere (facts, registers, `-e k=v`). */
  place(name: string): Span | undefined;
  /** For messages: `group_vars/all.yml`, `play vars`. */
  readonly origin: string;
  /** The place of a part of a variable, for templates inside of lists and mappings; default: that of the variable. */
  at?(path: readonly PropertyKey[]): Span | undefined;
  /** Values are as they are: a `{{` in them (the output of a command, a fact) is text and never rendered. */
  readonly literal?: boolean;
}
