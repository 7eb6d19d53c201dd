import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';

/** What may stand beside a message. */
export interface ProblemDetails {
  readonly hint?: string | undefined;
  readonly related?: Diagnostic['related'];
}

/** Gathers what is wrong while reading goes on. A file that is read twice says it once. */
export class Problems {
  readonly #all = new Map<string, Diagnostic>();

  error(code: string, message: string, span: Span | undefined, details: ProblemDetails = {}): void {
    this.add({ severity: 'error', code, message, span, ...details });
  }

  warning(code: string, message: string, span: Span | undefined, details: ProblemDetails = {}): void {
    this.add({ severity: 'warning', code, message, span, ...details });
  }

  /** What Ansible can and this cannot, yet. @param instead  what to write for now */
  notYet(what: string, span: Span, instead?: string): void {
    this.error('not-supported-yet', `${what} is not supported yet`, span, { hint: instead });
  }

  add(diagnostic: Diagnostic): void {
    const { span, code, message } = diagnostic;
    const identity = JSON.stringify([span?.file, span?.offset, code, message]);
    if (!this.#all.has(identity)) this.#all.set(identity, diagnostic);
  }

  get all(): readonly Diagnostic[] {
    return [...this.#all.values()];
  }

  /** For a reading that is tried apart: false where it gathered an error. */
  get good(): boolean {
    return this.all.every(({ severity }) => severity !== 'error');
  }
}
