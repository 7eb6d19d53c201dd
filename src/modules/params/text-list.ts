import { z } from 'zod';
import { text } from './text.ts';

/** A list of texts; one text with commas is a list too, as Ansible has it. */
export const textList = () =>
  z.union([z.array(text()), text()], { error: 'expected a list of texts' }).transform((value) =>
    Array.isArray(value)
      ? value
      : value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
  );
