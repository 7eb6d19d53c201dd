import type { Variables } from '../model/located.ts';
import type { Span } from '../model/span.ts';

const nowhere = (): undefined => undefined;

/**
 * Variables whose values are known and final: results of tasks, facts, loop items, magic variables. Text in them is never
 * taken for a template, whatever a command has printed.
 *
 * @param origin  for messages: `register`, `facts`
 */
export const variables = (
  origin: string,
  values: Readonly<Record<string, unknown>>,
  place: (name: string) => Span | undefined = nowhere,
): Variables => ({ values, place, origin, literal: true });

/** Variables as a user wrote them: texts in them may be templates. */
export const templatedVariables = (
  origin: string,
  values: Readonly<Record<string, unknown>>,
  place: (name: string) => Span | undefined = nowhere,
): Variables => ({ values, place, origin });
