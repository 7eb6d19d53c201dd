import { renderPlace, type Span } from '../model/span.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';

/** `file:line:column`, as one text for all hosts: every task that is reported has it. */
export const placeOf: (span: Span) => string = memoizeByObject(renderPlace);
