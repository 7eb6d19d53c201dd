import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from './sh.ts';

/** One step of a script: sh, and the words of the marks around it. */
export interface Step {
  /** Index in the script, from 0. */
  readonly index: number;
  readonly sh: Sh;
}

/** One read-only section: all facts of one kind. */
export interface Section {
  readonly kind: string;
  readonly sh: Sh;
}

/**
 * NOTE: the first line must not read more of standard input than sh itself does, and nothing below may either: a
 * program that reads standard input would eat the rest of the script. So every step and section reads /dev/null.
 */
export const prologue = (nonce: string): Sh => sh`LC_ALL=C.UTF-8; export LC_ALL
umask 022
mark() { printf '\036%s %s\n' ${nonce} "$*"; }
ok=1`;

/** The script's last words, on both streams. */
export const epilogue = rawSh('mark done; mark done >&2');

/**
 * `set -e` inside a plain subshell whose status is read on the next line: to the left of `||` it would be ignored. What a step leaves
 * running must not hold the lock (`lock.ts`), which is descriptor 9.
 */
const renderStep = ({ index, sh: body }: Step): Sh =>
  joinSh([
    sh`if [ "$ok" = 1 ] && goes_on; then
mark start ${index}; mark start ${index} >&2
( set -e`,
    body,
    sh`) </dev/null 9>&-
rc=$?
mark end ${index} $rc; mark end ${index} $rc >&2
[ "$rc" = 0 ] || ok=0
fi`,
  ]);

const renderSection = ({ kind, sh: body }: Section): Sh =>
  joinSh([
    sh`if goes_on; then
mark facts ${kind}
( LC_ALL=C; export LC_ALL`,
    body,
    sh`) </dev/null 9>&-
mark facts-end ${kind} $?
fi`,
  ]);

/**
 * The text of one exec: the steps in order (none after the first that fails), then the sections, then a mark that says
 * the script came to its end. Another may follow it in the same shell. Yields pieces, so that large contents are not held twice.
 *
 * @param guard    sh that defines `goes_on`, which is asked before each step and each section; default: nothing stands in the way
 * @param between  sh between the steps and the sections
 */
export function* renderScript(
  nonce: string,
  steps: readonly Step[],
  sections: readonly Section[],
  guard: Sh = rawSh('goes_on() { :; }'),
  between: Sh | undefined = undefined,
): Generator<string> {
  yield `${prologue(nonce).sh}\n${guard.sh}\n`;
  for (const step of steps) yield `${renderStep(step).sh}\n`;
  if (between !== undefined) yield `${between.sh}\n`;
  for (const section of sections) yield `${renderSection(section).sh}\n`;
  yield `${epilogue.sh}\n`;
}
