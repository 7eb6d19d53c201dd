import type { Diagnostic } from './diagnostic.ts';

/** An expression or template could not be evaluated; the diagnostic points into it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic, options?: ErrorOptions) {
    super(diagnostic.message, options);
    this.diagnostic = diagnostic;
  }
}
