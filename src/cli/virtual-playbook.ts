import { DiagnosticError } from '../model/diagnostic.ts';
import type { ProjectFiles } from '../model/project.ts';

/** The name under which a play of the command line stands among the files. */
export const virtualPlaybook = '<command line>';

/** The project's files, and a playbook of the command line as one of them. */
export const withVirtualPlaybook = (files: ProjectFiles, text: string): ProjectFiles => ({
  ...files,
  text: (path) => (path === virtualPlaybook ? text : files.text(path)),
  read: (path) => (path === virtualPlaybook ? new TextEncoder().encode(text) : files.read(path)),
  kind: (path) => (path === virtualPlaybook ? 'file' : files.kind(path)),
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
