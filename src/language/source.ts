import type { Located } from '../model/located.ts';
import type { Source } from '../model/play.ts';

/** Whether a text holds Jinja: `{{ … }}`, `{% … %}` or a comment. */
export const hasTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text);

/** Whether a value, or any part of it, does. */
export const containsTemplate = (value: unknown): boolean => {
  if (typeof value === 'string') return hasTemplate(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, part]) => hasTemplate(key) || containsTemplate(part));
};

/** A scalar as the text of a template. */
export const sourceOf = (scalar: Located): Source => ({
  text: typeof scalar.value === 'string' ? scalar.value : (scalar.sourceAt([]) ?? String(scalar.value)),
  span: scalar.span,
});

/** The expression of a text that is nothing but `{{ expression }}`; undefined for other texts. */
export const soleExpression = (source: Source): Source | undefined => {
  const match = /^\s*\{\{-?\s*([\s\S]*?)\s*-?\}\}\s*$/.exec(source.text);
  const inner = match?.[1];
  if (inner === undefined || inner === '' || inner.includes('{{') || inner.includes('}}')) return undefined;
  const shift = source.text.indexOf(inner, source.text.indexOf('{{') + 2);
  const { span } = source;
  const sameLine = span.length === source.text.length && !source.text.slice(0, shift).includes('\n');
  if (!sameLine) return { text: inner, span };
  const moved = { ...span, offset: span.offset + shift, column: span.column + shift, length: inner.length };
  return { text: inner, span: moved };
};
