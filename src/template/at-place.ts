import { renderPlace, type Span } from '../model/span.ts';
import { TemplateError } from '../model/template-error.ts';
import { EvaluationProblem } from './evaluation-problem.ts';
import type { Place } from './place.ts';
import { type Stretch, SyntaxProblem } from './syntax.ts';

/** A place for what is said of all of a text. */
export const wholeText: Stretch = { start: 0, end: 1 };

const locate = (error: unknown, place: Place): unknown => {
  if (error instanceof EvaluationProblem || error instanceof SyntaxProblem) {
    const { message, code, hint } = error;
    const span = place(error.at);
    const missing = error instanceof EvaluationProblem ? error.missing : undefined;
    return new TemplateError({ severity: 'error', code, message, span, hint, missing }, { cause: error });
  }
  if (error instanceof RangeError) {
    const span = place(wholeText);
    const message = 'this calls itself without end, or becomes too large';
    return new TemplateError({ severity: 'error', code: 'too-large', message, span }, { cause: error });
  }
  if (!(error instanceof TemplateError)) return error;
  // Raised by a variable that this text refers to: show the way to it.
  const span = place(wholeText);
  const { diagnostic } = error;
  const related = diagnostic.related ?? [];
  if (span === undefined || related.length > 4) return error;
  const known = [diagnostic.span, ...related.map((one) => one.span)].some(
    (other) => other !== undefined && renderPlace(other) === renderPlace(span),
  );
  if (known) return error;
  return new TemplateError(
    { ...diagnostic, related: [...related, { message: 'used here', span }] },
    { cause: error },
  );
};

/** Where what is being rendered stands, outermost first. */
const places: Place[] = [];

/** Runs it for a text that stands there. @throws TemplateError that knows where, with the way to it */
export const atPlace = <T>(place: Place, run: () => T): T => {
  places.push(place);
  try {
    return run();
  } catch (error) {
    throw locate(error, place);
  } finally {
    places.pop();
  }
};

/** Where a stretch of the text that is being rendered stands. */
export const spanHere = (at: Stretch): Span | undefined => places.at(-1)?.(at);
