import type { Sh } from '../model/sh.ts';
import { sh } from './sh.ts';

/**
 * `printf` of all words with a NUL after each, for `xargs -0`: thousands of paths pass where an argument list would
 * be too long (printf is a builtin, so there is no list).
 */
export const nulWords = (words: readonly string[]): Sh => sh`printf '%s\0' ${words}`;
