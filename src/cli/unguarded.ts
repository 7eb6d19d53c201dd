import type { Project } from './load-project.ts';

/** `validate` is the one to warn of commands that cannot be proved; a run says it at the task itself. */
export const withoutUnguarded = (project: Project): Project => ({
  ...project,
  warnings: project.warnings.filter(({ code }) => code !== 'unguarded-command'),
});
