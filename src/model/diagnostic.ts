import type { Span } from './span.ts';

/** One mistake in what the user wrote. Gathered, and shown all at once, before any host is contacted. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Kebab-case, unique, greppable: `unknown-key`, `undefined-variable`. */
  readonly code: string;
  /** What was found and what would be accepted; lower case, no full stop. */
  readonly message: string;
  /** Absent only where no file is at fault (a flag, an environment variable). */
  readonly span?: Span | undefined;
  readonly hint?: string | undefined;
  /** The variable that is missing. */
  readonly missing?: string | undefined;
  readonly related?: readonly { readonly message: string; readonly span: Span }[] | undefined;
}

/** Carries diagnostics out of a stage that cannot go on. The command ends with exit status 1. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('\n'), options);
    this.diagnostics = diagnostics;
  }
}
