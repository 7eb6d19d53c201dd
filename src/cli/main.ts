import { Mask } from '../engine/mask.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import { printable } from '../util/printable.ts';
import { Interrupted } from './ask.ts';
import { interrupted, ourBug, wrongInput } from './exit-status.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { asksVersion, readVersion } from './version.ts';

/**
 * The whole command line.
 *
 * @param args  without `node` and the script
 * @returns the exit status; see exit-status.ts
 */
export const main = async (args: readonly string[], world: Io): Promise<number> => {
  const mask = new Mask();
  const io: Io = { ...world, mask };
  try {
    if (asksVersion(args)) {
      io.stdout.write(`syn-deploy ${readVersion()}\n`);
      return 0;
    }
    const { dispatch } = await import('./dispatch.ts');
    return await dispatch(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(printable(mask.text(`syn-deploy: ${error.message}\n`)));
      return wrongInput;
    }
    if (error instanceof Interrupted) return interrupted;
    if (error instanceof DiagnosticError) {
      const { printDiagnostics } = await import('./print-diagnostics.ts');
      printDiagnostics(error.diagnostics, io);
      return wrongInput;
    }
    io.stderr.write(
      printable(
        mask.text(
          `syn-deploy: this is a bug in syn-deploy; please report it with what follows\n${describeBug(error)}\n`,
        ),
      ),
    );
    return ourBug;
  }
};

const describeBug = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describeBug(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};
