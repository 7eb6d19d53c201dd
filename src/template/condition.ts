import type { Source } from '../model/play.ts';
import { TemplateError } from '../model/template-error.ts';
import { pythonRepr } from './python-text.ts';
import { describeType, isTruthy } from './values.ts';

const hintFor = (value: unknown, text: string): string => {
  if (text.includes('{{')) return 'a condition is an expression already; write it without "{{ }}"';
  if (typeof value === 'string')
    return 'compare it ("== \'…\'"), ask for content ("| length > 0"), or read it as a word ("| bool")';
  if (typeof value === 'number') return 'compare it: "!= 0"';
  if (value === null) return 'ask "is not none"';
  return 'ask for content: "| length > 0"';
};

/**
 * What to make of a condition that gave neither true nor false.
 *
 * @param truthy  read it as Python does
 * @throws TemplateError unless truthy
 */
export const conditionProblem = (value: unknown, { text, span }: Source, truthy: boolean): boolean => {
  if (truthy) return isTruthy(value);
  const shown = typeof value === 'object' && value !== null ? '' : ` (${pythonRepr(value)})`;
  throw new TemplateError({
    severity: 'error',
    code: 'condition-not-boolean',
    message: `a condition is true or false; this one is ${describeType(value)}${value === null ? '' : shown}`,
    span,
    hint: hintFor(value, text),
  });
};
