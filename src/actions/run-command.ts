import type { Action } from '../model/action.ts';
import type { FactEffect } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { expandedWord } from '../shell/expanded-word.ts';
import { joinSh, quote, rawSh, sh } from '../shell/sh.ts';

/** A command of the user's, and where it runs. */
export interface UserCommand {
  /** Words of a program that no shell looks at, or a text for a shell. */
  readonly run:
    | { readonly words: readonly string[]; readonly expand: boolean }
    | { readonly text: string; readonly executable: string };
  /** `~` and variables in it are the host's. */
  readonly chdir?: string | undefined;
  /** As the command is to read it; undefined: /dev/null. */
  readonly stdin?: string | undefined;
}

/** Shells that take a script on standard input; others get the text as an argument. */
const readsScript = /(?:^|\/)(?:ba|da|k|mk|z|a)?sh$/;

const fed = (stdin: string | undefined): Sh => (stdin === undefined ? rawSh('') : sh`printf %s ${stdin} | `);

/**
 * The text goes to a shell of its own on standard input, since in an argument list everybody could read it. Behind
 * `eval` it is parsed as one piece, as after `sh -c`: a syntax error in it runs nothing, and stays in it.
 */
const shellText = (text: string, executable: string, stdin: string | undefined): Sh => {
  if (!readsScript.test(executable)) return sh`${fed(stdin)}exec ${executable} -c ${text}`;
  const script = stdin === undefined ? sh`eval ${text} </dev/null` : sh`${fed(stdin)}eval ${text}`;
  return sh`printf '%s\n' ${script.sh} | ${executable} -s`;
};

/** `exec`, so that words such as `echo` and `test` are the programs of that name and no builtins. */
const program = (words: readonly string[], expand: boolean, stdin: string | undefined): Sh =>
  sh`${fed(stdin)}exec ${words.map((word) => (expand ? expandedWord(word) : rawSh(quote(word))))}`;

/** What is said, on standard error, where the folder of a command is not there. */
export const noFolder = 'Unable to change directory before execution';

/** `-P`, so that the folder of a command is where a link leads, as `chdir` of C has it. */
const enter = (chdir: string): Sh => {
  const folder = expandedWord(chdir);
  return sh`cd -P -- ${folder} 2>/dev/null || { printf '%s: %s\n' ${noFolder} ${folder} >&2; exit 1; }`;
};

/** sh whose status and output are the command's. */
export const commandSh = ({ run, chdir, stdin }: UserCommand): Sh =>
  joinSh([
    rawSh('('),
    ...(chdir === undefined ? [] : [enter(chdir)]),
    'words' in run ? program(run.words, run.expand, stdin) : shellText(run.text, run.executable, stdin),
    rawSh(')'),
  ]);

/**
 * Runs a command of the user's. It may do anything, so nothing is certain after it.
 *
 * @param shown      the command as people see it
 * @param predicts   what its guards say will be true after it
 * @param isGuarded  the next look tells whether it is still to be run
 */
export const runCommand = (
  command: UserCommand,
  shown: string,
  predicts: readonly FactEffect[],
  isGuarded: boolean,
): Action => ({
  kind: 'run-command',
  summary: `run ${shown}`,
  changes: [{ summary: `run ${shown}` }],
  sh: commandSh(command),
  taints: ['everything'],
  predicts,
  unprovable: !isGuarded,
  capture: true,
});
