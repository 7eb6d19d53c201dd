import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import type { Io } from './io.ts';
import { wantsColor } from './wants-color.ts';

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The place is named all the same; only the line with the caret is left out.
    return undefined;
  }
};

/** Writes diagnostics to standard error, all at once. */
export const printDiagnostics = (diagnostics: readonly Diagnostic[], io: Io): void => {
  io.stderr.write(renderDiagnostics(diagnostics, textOf, { color: wantsColor(io.stderr, io.env) }));
};
