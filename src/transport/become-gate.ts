import { BecomeFailure } from '../model/transport.ts';
import type { BecomeCommand } from './become.ts';

/** Standard error kept while sudo talks; more than that it never says. Bytes. */
const largestTalk = 64 * 1024;

/**
 * Stands at a process's standard error until the account is taken on: answers the password prompt once, keeps sudo's
 * words to itself, and lets everything through from the ready mark on.
 *
 * @param answer  called once, when sudo asks
 * @param onPassed  called once, with what came after the ready mark; `feed` must not be called again
 * @param onRefused  called once: sudo asked a second time
 */
export const createBecomeGate = (
  { prompt, ready }: BecomeCommand,
  listener: { answer(): void; onPassed(rest: Uint8Array): void; onRefused(failure: BecomeFailure): void },
) => {
  let talk = Buffer.alloc(0);
  let answeredAt: number | undefined;
  const mark = Buffer.from(`${ready}\n`);

  const readPrompt = (asked: string): void => {
    const at = talk.indexOf(asked, answeredAt ?? 0);
    if (at < 0) return;
    if (answeredAt !== undefined) {
      listener.onRefused(new BecomeFailure('sudo refused the become password: it is wrong'));
      return;
    }
    answeredAt = at + asked.length;
    listener.answer();
  };
  return {
    feed(chunk: Uint8Array): void {
      talk = Buffer.concat([talk, chunk]);
      const end = talk.indexOf(mark);
      if (end >= 0) listener.onPassed(talk.subarray(end + mark.length));
      else {
        if (prompt !== undefined) readPrompt(prompt);
        if (talk.length > largestTalk) {
          const kept = talk.length - largestTalk / 2;
          talk = Buffer.from(talk.subarray(kept));
          if (answeredAt !== undefined) answeredAt = Math.max(0, answeredAt - kept);
        }
      }
    },
    /** What sudo (or a login shell) said, without the prompt. */
    said(): string {
      const text = talk.toString('utf8');
      return (prompt === undefined ? text : text.replaceAll(prompt, '')).trim();
    },
  };
};
