import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { integer } from './params/integer.ts';

const params = z
  .strictObject({
    msg: z.unknown().optional().describe('What is printed: text, or any value.'),
    var: z.string().optional().describe('An expression, without braces, whose value is printed.'),
    verbosity: integer().default(0).describe('Print only at this many -v and above.'),
  })
  .refine(({ msg, var: name }) => msg === undefined || name === undefined, {
    error: 'msg and var exclude each other',
    path: ['var'],
  });

const readable = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? '');

/** Prints a message or the value of an expression. */
export const debug = defineModule({
  name: 'debug',
  summary: 'Prints a message or a value.',
  examples: `
- debug:
    msg: "workers: {{ workers | join(', ') }}"
- debug:
    var: redis_sock.stat
`,
  params,
  raw: ['var'],
  facts: () => [],
  plan({ msg, var: expression, verbosity }, _facts, context) {
    const isVar = expression !== undefined;
    const value = isVar ? context.evaluate(expression) : (msg ?? 'Hello world!');
    const message = `${isVar ? `${expression}: ` : ''}${readable(value)}`;
    // NOTE: how many -v were given is not a module's to know; what asks for more than none is left to the result.
    return {
      actions: [],
      result: isVar ? { [expression]: value } : { msg: value },
      ...(verbosity === 0 && { message }),
    };
  },
});
