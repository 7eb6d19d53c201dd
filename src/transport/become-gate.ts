import { BecomeFailure, type ExecResult } from '../model/transport.ts';
import type { BecomeCommand } from './become.ts';

/** Output kept while sudo talks; more than that it never says. Bytes of standard error, code units of standard output. */
const largestTalk = 64 * 1024;
const largestStray = 2000;
/** How long sudo may go without asking in our words; a question of another kind (a one-time code) is not answered. */
const silenceMs = 60_000;

/** What a gate has to say. Each is called at most once. */
export interface GateListener {
  /** sudo asks for the password. */
  onPrompt(): void;
  /** The shell is the account's. @param rest  standard error after the mark @param shell  see `BecomeCommand.ready` */
  onPassed(rest: Uint8Array, shell: string): void;
  /** There is no use in waiting for its end. */
  onRefused(failure: BecomeFailure): void;
}

const lastLines = (text: string, count = 5): string => text.split('\n').slice(-count).join('\n');

/**
 * Stands at a process's outputs until the account is taken on: tells when sudo asks, keeps sudo's words to itself, and
 * knows afterwards why it failed.
 */
export const createBecomeGate = ({ prompt, ready }: BecomeCommand, listener: GateListener) => {
  let talk = Buffer.alloc(0);
  let stray = '';
  let isPassed = false;
  let answeredAt: number | undefined;

  const said = (): string => {
    const text = talk.toString('utf8');
    const words = prompt === undefined ? text : text.replaceAll(prompt, '');
    return lastLines([words.trim(), stray.trim()].filter((part) => part !== '').join('\n'));
  };
  const refuse = (message: string): void => listener.onRefused(new BecomeFailure(message));
  const timer =
    prompt === undefined
      ? undefined
      : setTimeout(() => refuse(`sudo neither asks for the password nor goes on: ${said()}`), silenceMs);
  const readPrompt = (asked: string): void => {
    const at = talk.indexOf(asked, answeredAt ?? 0);
    if (at < 0) return;
    // It asks again because the first answer was wrong.
    if (answeredAt !== undefined) refuse('sudo refused the become password: it is wrong');
    else listener.onPrompt();
    answeredAt = at + asked.length;
  };
  const readMark = (): boolean => {
    const at = talk.indexOf(`${ready} `);
    const end = at < 0 ? -1 : talk.indexOf('\n', at);
    if (end < 0) return false;
    isPassed = true;
    clearTimeout(timer);
    listener.onPassed(talk.subarray(end + 1), talk.toString('latin1', at + ready.length + 1, end));
    return true;
  };
  return {
    isPassed: (): boolean => isPassed,
    /** Not to be called once passed. */
    readStderr(chunk: Uint8Array): void {
      if (talk.length < largestTalk) talk = Buffer.concat([talk, chunk]);
      if (readMark()) return;
      if (talk.length >= largestTalk) refuse(`sudo, or what it starts, does not stop to print: ${said()}`);
      else if (prompt !== undefined) readPrompt(prompt);
    },
    /** What a login shell prints before, which may be the reason (`This account is currently not available`). */
    readStdout(chunk: Uint8Array): void {
      if (stray.length < largestStray) stray += Buffer.from(chunk).toString('utf8');
    },
    /** Why the process ended before the account was taken on. */
    refusal({ exitStatus, signal }: ExecResult): BecomeFailure {
      const end = signal === null ? `exit status ${exitStatus ?? 'unknown'}` : `signal ${signal}`;
      const words = said() === '' ? `sudo started no shell (${end})` : said();
      if (exitStatus === 127) return new BecomeFailure(`sudo cannot be run; is it installed there? ${words}`);
      const hint = '; if it asks for a password, give -K/--ask-become-pass or ansible_become_password';
      return new BecomeFailure(`${words}${prompt === undefined ? hint : ''}`);
    },
    stop: (): void => clearTimeout(timer),
  };
};
