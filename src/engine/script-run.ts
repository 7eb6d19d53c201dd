import type { Sh } from '../model/sh.ts';
import type { Become, Connection, ExecResult } from '../model/transport.ts';
import { type Lock, takeLock } from '../shell/lock.ts';
import { renderScript } from '../shell/script.ts';
import { BrokenScript } from './broken-script.ts';
import { isLost, type Line } from './line.ts';
import type { WantedFacts } from './observe.ts';
import type { createScriptReader, Remark } from './script-reader.ts';

const describeEnd = ({ exitStatus, signal }: ExecResult): string =>
  signal === null ? `status ${exitStatus ?? 'unknown'}` : `signal ${signal}`;

/** As whom, and beside whom, scripts run. */
export interface ScriptOptions {
  readonly become: Become | undefined;
  /** New each time, and not to be guessed. */
  readonly nonce: () => string;
  /** The running action is to be the last. */
  readonly stop: AbortSignal | undefined;
  /** undefined: others may change the host meanwhile, and nothing outlives the line. */
  readonly lock: Lock | undefined;
}

/** One script on its way: what it says, and to whom. */
export interface ScriptRun<T> {
  readonly line: Pick<Connection, 'exec'>;
  readonly wanted: WantedFacts;
  readonly steps: readonly { readonly index: number; readonly sh: Sh }[];
  readonly nonce: string;
  readonly reader: ReturnType<typeof createScriptReader<T>>;
  readonly onRemark: (remark: Remark, text: string) => void;
  /** Something came of the script. */
  readonly onHeard: () => void;
  readonly signal: AbortSignal;
  readonly options: ScriptOptions;
}

export const broken = (end: ExecResult, said: string): BrokenScript => {
  const text = said.trim().slice(-500);
  return new BrokenScript(
    `the script did not come to its end (${describeEnd(end)})${text === '' ? '' : `: ${text}`}`,
  );
};

/** The script itself, in the shell of the exec. */
export const runHere = async <T>({
  line,
  wanted,
  steps,
  nonce,
  reader,
  onHeard,
  signal,
  options,
}: ScriptRun<T>): Promise<void> => {
  const { lock } = options;
  const end = await line.exec({
    script: renderScript(nonce, steps, wanted.sections(), lock && takeLock(lock)),
    become: options.become,
    onStdout(chunk) {
      onHeard();
      reader.stdout.feed(chunk);
    },
    onStderr: reader.stderr.feed,
    isOver: reader.isDone,
    signal,
  });
  reader.stdout.end();
  reader.stderr.end();
  if (!reader.isDone()) throw broken(end, reader.strayText());
};

/** A script that only looks, or may be run again: that, when the line was lost. */
export const runAgain = async <T>(start: () => ScriptRun<T>, line: Line): Promise<ScriptRun<T>> => {
  for (;;) {
    const scriptRun = start();
    try {
      await runHere(scriptRun);
      return scriptRun;
    } catch (error) {
      if (!isLost(error)) throw error;
      await line.renew(error);
    }
  }
};
