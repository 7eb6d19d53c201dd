import type { Span } from '../../model/span.ts';

/** Modules of tasks that check the project's own variables, and say in words what they want. */
export const ownChecks: ReadonlySet<string> = new Set(['assert', 'fail']);

/** Whether a place is within a stretch. */
export const containsSpan = (outer: Span, inner: Span): boolean =>
  outer.file === inner.file &&
  inner.offset >= outer.offset &&
  inner.offset < outer.offset + Math.max(1, outer.length);
