import type { Readable, Writable } from 'node:stream';
import type { Mask } from '../engine/mask.ts';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The world as the command line sees it; given to `main`, so that the whole command can be tested in process. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Secrets that are known so far: nothing of them is written. `main` gives it. */
  readonly mask?: Mask | undefined;
  /**
   * Calls `listener` at each Ctrl-C.
   *
   * @param most  how many of them it makes something of; the next one ends the program. Default: 1
   * @returns a function that stops listening
   */
  onInterrupt(listener: () => void, most?: number): () => void;
}
