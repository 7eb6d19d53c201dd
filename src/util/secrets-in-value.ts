import { isPlainWord } from './is-plain-word.ts';

/** In plays and tasks: what these hold names things of the project, and is no secret though the file is encrypted. */
const naming = /^(?:name|hosts|tags|when|notify|listen|register|roles?|(?:import|include)_\w+)$/;

const isTelling = (text: string): boolean => !isPlainWord(text) && !/\{[{%#]/.test(text);

const telling = (value: unknown, isNaming: (key: string) => boolean): readonly string[] => {
  if (typeof value === 'string') return isTelling(value) ? [value] : [];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (Array.isArray(value)) return value.flatMap((item) => telling(item, isNaming));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    isNaming(key) ? [] : telling(part, key === 'vars' ? () => false : isNaming),
  );
};

/**
 * What must not be shown of the values in an encrypted file: every text and number, but for words that any report is full of,
 * templates (what they come to is made of other values) and keys; of a list of plays or tasks, names neither.
 */
export const secretsInValue = (value: unknown): readonly string[] =>
  telling(value, (key) => Array.isArray(value) && naming.test(key));
