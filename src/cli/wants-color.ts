import type { Io, Output } from './io.ts';

/** Colours on a terminal, unless NO_COLOR is set to anything (no-color.org) or the terminal is dumb. */
export const wantsColor = (output: Output, env: Io['env'], flag = true): boolean =>
  flag && output.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
