import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import { isAge } from '../workspace/age.ts';
import { isVault } from '../workspace/ansible-vault.ts';
import type { Io } from './io.ts';
import { wantsColor } from './wants-color.ts';

const textOf = (file: string): string | undefined => {
  try {
    const text = readFileSync(file, 'utf8');
    // Places in an encrypted file are those of what is in it.
    return isVault(text) || isAge(Buffer.from(text)) ? undefined : text;
  } catch {
    // The place is named all the same; only the line with the caret is left out.
    return undefined;
  }
};

/** Writes diagnostics to standard error, all at once. */
export const printDiagnostics = (diagnostics: readonly Diagnostic[], io: Io): void => {
  const { mask } = io;
  const hide = mask === undefined ? undefined : (text: string) => mask.text(text);
  io.stderr.write(renderDiagnostics(diagnostics, textOf, { color: wantsColor(io.stderr, io.env), hide }));
};
