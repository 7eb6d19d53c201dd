import { z } from 'zod';
import { splitWords } from '../../util/split-words.ts';

const isSplittable = (command: string): boolean => {
  try {
    return splitWords(command).length > 0;
  } catch {
    return false;
  }
};

/** A command that checks a file before it is put in place; `%s` stands for the file. */
export const validateCommand = () =>
  z
    .string({ error: 'expected a command' })
    .refine((command) => command.includes('%s'), { error: 'expected a command with %s where the file goes' })
    .refine(isSplittable, { error: 'a quote is not closed' });
