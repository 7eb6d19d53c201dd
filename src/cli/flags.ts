import type { Flags } from './dispatch.ts';
import { unknownChoice } from './unknown-choice.ts';
import { UsageError } from './usage-error.ts';

/** All values of a flag that may be repeated, as text (cac makes numbers of what looks like one). */
export const listFlag = (flags: Flags, name: string): readonly string[] => {
  const value = flags[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
};

/** The last value of a flag; undefined when it is not given. */
export const textFlag = (flags: Flags, name: string): string | undefined => listFlag(flags, name).at(-1);

/** Comma-separated names of a flag that may be repeated. */
export const namesFlag = (flags: Flags, name: string): readonly string[] =>
  listFlag(flags, name).flatMap((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

/** A whole number of at least `least`. @throws UsageError */
export const numberFlag = (flags: Flags, name: string, option: string, least: number): number => {
  const value = Number(textFlag(flags, name));
  if (!Number.isInteger(value) || value < least) {
    throw new UsageError(
      `${option} wants a whole number of at least ${least}, found "${textFlag(flags, name)}"`,
    );
  }
  return value;
};

/** One of several words. @throws UsageError that lists them */
export const choiceFlag = <T extends string>(
  flags: Flags,
  name: string,
  option: string,
  choices: readonly T[],
): T | undefined => {
  const value = textFlag(flags, name);
  if (value === undefined) return undefined;
  const known = choices.find((choice) => choice === value);
  if (known === undefined) throw unknownChoice(option, value, choices);
  return known;
};
