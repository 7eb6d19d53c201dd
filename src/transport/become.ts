import { randomBytes } from 'node:crypto';
import { type Become, BecomeFailure } from '../model/transport.ts';

/** How one script becomes another account: the words of the command, and what is said with sudo before the script. */
export interface BecomeCommand {
  readonly words: readonly string[];
  /** What sudo asks for the password with, on standard error. Undefined: it is told not to ask. */
  readonly prompt: string | undefined;
  /**
   * What a line of standard error begins with once the account's shell reads the script. After a blank comes the shell's
   * process: its number, and the fields of /proc/PID/stat from the third on.
   */
  readonly ready: string;
  /** What comes before the script on standard input. */
  readonly prologue: string;
}

/** The shell that reads a script on its standard input. The words mean the same to every login shell. */
export const shellWords: readonly string[] = ['sh', '-s'];

/** Names that are one plain word to every shell, and no option. @see useradd(8), CAVEATS */
const plainUser = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]*\$?$/;

/**
 * The command that becomes the account.
 *
 * With a password, the shell's own word on standard error (`ready`) tells that sudo reads standard input no longer: the
 * script must not begin before it, or it would be read as a password. sudo forgets earlier passwords (-k), so that a
 * wrong one is always told. Without a password sudo never reads standard input (-n), and the script goes at once.
 *
 * @param nonce  hex digits that nobody can guess; new for every script
 * @throws BecomeFailure when the name is none that a command line can carry
 */
export const becomeCommand = (become: Become, nonce = randomBytes(12).toString('hex')): BecomeCommand => {
  const { user, password } = become;
  if (!plainUser.test(user))
    throw new BecomeFailure(`cannot become ${JSON.stringify(user)}: not an account's name`);
  const ready = `syn-deploy-ready-${nonce}`;
  const sayReady = `read -r s </proc/$$/stat; echo ${ready} $$ \${s##*) } >&2`;
  if (password === undefined) {
    const words = ['sudo', '-n', '-H', '-u', user, '--', ...shellWords];
    return { words, prompt: undefined, ready, prologue: `${sayReady}\n` };
  }
  if (/[\0\n]/.test(password)) throw new BecomeFailure('the become password has a line break in it');
  const prompt = `syn-deploy-password-${nonce}:`;
  const shell = ['sh', '-c', `${sayReady}; exec ${shellWords.join(' ')}`];
  const words = ['sudo', '-S', '-k', '-p', prompt, '-H', '-u', user, '--', ...shell];
  return { words, prompt, ready, prologue: '' };
};

/** A field of /proc/PID/stat, counted as proc(5) does. @param shell  a number, and the fields from the third on */
const statField = (shell: string, field: number): string => {
  const value = shell.split(' ')[field - 2] ?? '';
  if (!/^\d+$/.test(value)) throw new Error(`not a line of /proc/PID/stat: ${JSON.stringify(shell)}`);
  return value;
};

/**
 * Sh that ends a script and all it started, as the account that runs it: SIGTERM to its process group, unless the shell
 * has ended (a process number is used again, but not with the same start time).
 *
 * @param shell  what came after `ready`
 */
export const stopScript = (shell: string): string => {
  const [pid, group, startTime] = [statField(shell, 2), statField(shell, 5), statField(shell, 22)];
  return `read -r s 2>/dev/null </proc/${pid}/stat || exit 0
set -- \${s##*) }
shift 19
[ "$1" = ${startTime} ] && kill -s TERM -- -${group}
`;
};

/**
 * A command line of the words that sh, bash, zsh, fish and csh read alike: single quotes around what is not plain.
 * NOTE: csh and fish disagree with sh on quotes and `!` within single quotes, so words must not contain them.
 */
export const renderCommandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[A-Za-z0-9_@%+:,./$=-]+$/.test(word) ? word : `'${word}'`)).join(' ');
