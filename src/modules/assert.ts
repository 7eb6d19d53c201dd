import { z } from 'zod';
import { defineModule, type TaskContext } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { openBraces } from '../util/open-braces.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const expression = z.union([z.string(), z.boolean()], { error: 'expected an expression' });

const params = z.strictObject({
  that: z
    .union([z.array(expression), expression], { error: 'expected an expression or a list of them' })
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .describe('Expressions that must all be true, without braces.'),
  fail_msg: text().default('Assertion failed').describe('What is said when one of them is not.'),
  success_msg: text().default('All assertions passed').describe('What is said when they all are.'),
  quiet: boolean().default(false).describe('Do not say anything when they all are.'),
});

const holds = (assertion: string | boolean, context: TaskContext): boolean => {
  if (typeof assertion === 'boolean') return assertion;
  // Ansible before 2.19 renders what stands in braces.
  if (context.holds !== undefined) return context.holds(openBraces(assertion));
  const value = context.evaluate(assertion);
  if (typeof value === 'boolean') return value;
  throw new TaskFailure(`"${assertion}" must be true or false, but is ${JSON.stringify(value)}`);
};

/** Braces around a whole expression are taken away; in the midst of one they are part of a text. */
const holdsBraces = (assertion: string | boolean): boolean =>
  typeof assertion === 'string' && /\{\{/.test(assertion) && !/^\s*\{\{[\s\S]*\}\}\s*$/.test(assertion);

/** Fails unless everything it says is true. */
export const assert = defineModule({
  name: 'assert',
  summary: 'Fails unless expressions are true.',
  examples: `
- name: The socket is there
  assert:
    that:
      - redis_sock.stat.exists
      - redis_sock.stat.issock
    fail_msg: redis does not listen on its socket
`,
  params,
  aliases: { msg: 'fail_msg' },
  raw: ['that'],
  lint: ({ that }, { truthy } = { readOnly: false }) =>
    that
      .filter((assertion) => truthy !== true && holdsBraces(assertion))
      .map((assertion) => ({
        code: 'braces-in-expression',
        message: `"${assertion}" is an expression already: the braces in it are taken as they are; join texts with "~"`,
      })),
  facts: () => [],
  plan({ that, fail_msg, success_msg, quiet }, _facts, context) {
    const assertion = that.find((each) => !holds(each, context));
    if (assertion !== undefined)
      throw new TaskFailure(fail_msg, { assertion, evaluated_to: false, msg: fail_msg });
    return { actions: [], result: { msg: success_msg }, ...(!quiet && { message: success_msg }) };
  },
});
