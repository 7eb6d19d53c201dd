import { ask } from './ask.ts';
import type { Flags } from './dispatch.ts';
import type { Io } from './io.ts';

/** Passwords that were asked for, for all hosts alike. */
export interface Passwords {
  readonly login: string | undefined;
  readonly become: string | undefined;
}

/** `--ask-pass`, `--ask-become-pass`; an empty answer to the second means the first. @throws UsageError */
export const readPasswords = async (flags: Flags, io: Io): Promise<Passwords> => {
  const login = flags['askPass'] === true ? await ask('SSH password', io, { hidden: true }) : undefined;
  if (flags['askBecomePass'] !== true) return { login, become: undefined };
  const become = await ask('BECOME password', io, { hidden: true });
  return { login, become: become === '' ? login : become };
};
