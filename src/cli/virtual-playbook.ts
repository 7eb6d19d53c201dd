import { DiagnosticError } from '../model/diagnostic.ts';
import type { ProjectFiles } from '../model/project.ts';

/** The name under which a play of the command line stands among the files. */
export const virtualPlaybook = '<command line>';

/** The project's files, and a playbook that nobody wrote as one of them. */
export const withVirtualPlaybook = (
  files: ProjectFiles,
  text: string,
  name: string = virtualPlaybook,
): ProjectFiles => ({
  ...files,
  text: (path) => (path === name ? text : files.text(path)),
  read: (path) => (path === name ? new TextEncoder().encode(text) : files.read(path)),
  kind: (path) => (path === name ? 'file' : files.kind(path)),
});

/** Nobody wrote the playbook, so mistakes in it are shown without their places. @throws what `work` throws */
export const withoutVirtualPlaces = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(
      error.diagnostics.map((diagnostic) =>
        diagnostic.span?.file === virtualPlaybook ? { ...diagnostic, span: undefined } : diagnostic,
      ),
      { cause: error },
    );
  }
};
