import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { printableLine } from '../util/printable.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** Ctrl-C instead of an answer. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Asks on standard error, so that standard output stays clean. @throws UsageError where nobody can answer; Interrupted */
export const ask = async (
  question: string,
  io: Io,
  options: { readonly hidden: boolean },
): Promise<string> => {
  if (io.stdin.isTTY !== true)
    throw new UsageError(`"${question}" cannot be asked: standard input is no terminal`);
  // What is typed is echoed by readline through its output; a hidden answer goes nowhere.
  const echo = options.hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : io.stderr;
  io.stderr.write(`${printableLine(question)}: `);
  const lines = createInterface({ input: io.stdin, output: echo, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => reject(new Interrupted()));
      lines.once('close', () => reject(new UsageError(`no answer to "${question}"`)));
    });
  } finally {
    lines.close();
    if (options.hidden) io.stderr.write('\n');
  }
};
