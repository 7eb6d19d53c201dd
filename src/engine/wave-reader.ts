import { createFrameReader } from '../shell/frames.ts';
import type { Read } from '../shell/wave.ts';
import { BrokenScript } from './broken-script.ts';
import { isRemark, outputBounds, type Remark } from './script-reader.ts';

/** Of what comes before a wave, what is kept. UTF-16 code units. */
const largestStray = 64 * 1024;

/** The reader of the script that a wave runs. */
interface ScriptOutputs {
  readonly stdout: { feed(chunk: Uint8Array): void };
  readonly stderr: { feed(chunk: Uint8Array): void };
  isDone(): boolean;
}

type Word = 'stop' | 'end' | 'bye';

/**
 * Makes sense of what an exec prints that hands on a wave (`shell/wave.ts`), and tells the wave what is wanted of it. It goes on with the
 * next exec when the line is lost: `begin` each time.
 */
export const createWaveReader = (script: ScriptOutputs, onRemark: (remark: Remark, text: string) => void) => {
  const read = { stdout: 0, stderr: 0 };
  const decoder = new TextDecoder();
  let stray = '';
  let strayBytes = 0;
  let relayed: Set<keyof Read> = new Set();
  let ended: Set<keyof Read> = new Set();
  let wasRelayed = false;
  let write: ((text: string) => void) | undefined;
  let waiting: Word[] = [];
  let said = false;
  let readers: Readonly<Record<keyof Read, ReturnType<typeof createFrameReader>>> | undefined;

  const say = (word: Word): void => {
    // Before that the shell would take it for a part of the script.
    if (relayed.has('stdout') && write !== undefined) write(`${word}\n`);
    else waiting.push(word);
  };
  const onMark = (stream: keyof Read, words: readonly string[]): void => {
    const [word = ''] = words;
    if (word === 'relay') {
      relayed.add(stream);
      wasRelayed = true;
      const late = waiting;
      waiting = [];
      for (const one of late) say(one);
    } else if (word === 'done') ended.add(stream);
    if (isRemark(word) && stream === 'stdout') onRemark(word, words.slice(1).join(' '));
  };
  const onBytes = (stream: keyof Read, bytes: Uint8Array): void => {
    if (!relayed.has(stream)) {
      strayBytes += bytes.length;
      if (strayBytes > outputBounds.stray)
        throw new BrokenScript(
          'the profile of a login shell, or another stranger to the script, does not stop to print',
        );
      if (stray.length < largestStray) stray += decoder.decode(bytes, { stream: true });
      return;
    }
    read[stream] += bytes.length;
    script[stream].feed(bytes);
  };
  const feed = (stream: keyof Read) => (chunk: Uint8Array) => readers?.[stream].feed(chunk);
  return {
    onStdout: feed('stdout'),
    onStderr: feed('stderr'),
    /** A new exec is to be heard. @param nonce  its own, not the script's */
    begin(nonce: string): void {
      relayed = new Set();
      ended = new Set();
      write = undefined;
      const readerOf = (stream: keyof Read) =>
        createFrameReader(nonce, {
          onBytes: (bytes) => onBytes(stream, bytes),
          onMark: (words) => onMark(stream, words),
        });
      readers = { stdout: readerOf('stdout'), stderr: readerOf('stderr') };
    },
    onStarted(way: (text: string) => void): void {
      write = way;
    },
    /** Tells the wave, as soon as it listens. */
    say,
    /** Whether all was read, or there is nothing to read; the wave is let go with that. */
    isOver(): boolean {
      if (ended.size === 2) return true;
      if (!script.isDone()) return false;
      if (!said) say('bye');
      said = true;
      return true;
    },
    /** How much of the script's own output was read. */
    read: (): Read => read,
    /** Whether the wave was once heard of: it has begun. */
    hasBegun: (): boolean => wasRelayed,
    strayText: (): string => stray,
  };
};
