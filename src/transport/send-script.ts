import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Exec } from '../model/transport.ts';

/** Pieces of a script are sent together up to this size. UTF-16 code units. */
const pieceSize = 64 * 1024;

async function* inLargePieces(script: Exec['script'], prologue: string): AsyncGenerator<string> {
  let text = prologue;
  for await (const piece of script) {
    text += piece;
    if (text.length < pieceSize) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

export interface SendOptions {
  /** Comes before the script. */
  readonly prologue: string;
  /** Aborted when nobody reads any longer (a shell may exit before the script's end); then it is given up quietly. */
  readonly over: AbortSignal;
  /** Whether the stream ends with the script. */
  readonly ends: boolean;
}

/**
 * Writes a script, no faster than it is read, and ends the stream unless it is to go on.
 *
 * @throws what the script's own iterator throws
 */
export const sendScript = async (
  stdin: Writable,
  script: Exec['script'],
  { prologue, over, ends }: SendOptions,
): Promise<void> => {
  for await (const piece of inLargePieces(script, prologue)) {
    if (over.aborted) return;
    if (stdin.write(piece)) continue;
    try {
      await once(stdin, 'drain', { signal: over });
    } catch {
      // Over, or a closed pipe, which the process's own end tells about.
      return;
    }
  }
  if (ends && !over.aborted) stdin.end();
};
