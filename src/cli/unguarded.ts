import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import type { Project } from './load-project.ts';

/** Whether it says of a command that it cannot be proved. */
export const isUnguarded = ({ code }: Diagnostic): boolean => code === 'unguarded-command';

/** `validate` is the one to warn of commands that cannot be proved; a run says it at the task itself. */
export const withoutUnguarded = (project: Project): Project => ({
  ...project,
  warnings: project.warnings.filter((diagnostic) => !isUnguarded(diagnostic)),
});

const contains = (outer: Span, inner: Span): boolean =>
  outer.file === inner.file &&
  inner.offset >= outer.offset &&
  inner.offset < outer.offset + Math.max(1, outer.length);

/** A handler runs because of a change and only then: nothing has to guard its command. */
export const withoutUnguardedHandlers = (
  warnings: readonly Diagnostic[],
  { plays }: Pick<Project, 'plays'>,
): readonly Diagnostic[] => {
  const handlers = plays.flatMap(({ play }) => play.handlers.map(({ span }) => span));
  return warnings.filter(
    (diagnostic) =>
      !isUnguarded(diagnostic) ||
      !handlers.some((span) => diagnostic.span !== undefined && contains(span, diagnostic.span)),
  );
};
