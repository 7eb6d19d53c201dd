import { z } from 'zod';
import { askHere, waitHere } from '../actions/done-here.ts';
import { defineModule } from '../model/module.ts';
import { unknown } from '../model/unknown.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { text } from './params/text.ts';

const time = () =>
  integer()
    .refine((value) => value >= 0, { error: 'expected a number, 0 or more' })
    .optional();

const params = z
  .strictObject({
    seconds: time().describe('How long.'),
    minutes: time().describe('How long, in minutes.'),
    prompt: text()
      .optional()
      .describe(
        'Without a time: the question, which is asked once for all hosts; the answer is `user_input`. With one: what is said.',
      ),
    echo: boolean().default(true).describe('Show what is typed.'),
  })
  .refine(({ seconds, minutes }) => seconds === undefined || minutes === undefined, {
    error: 'seconds and minutes exclude each other',
    path: ['minutes'],
  });

const question = 'Press enter to continue, Ctrl+C to interrupt';

const wholeSeconds = (milliseconds = 0): number => Math.round(milliseconds / 1000);

/** Waits for a time, or for an answer. */
export const pause = defineModule({
  name: 'pause',
  summary:
    'Waits for a time, or asks whoever started the run. In check mode, in a run without a terminal, it does not ask.',
  examples: `
- name: Let the workers settle
  pause:
    seconds: 10
- pause:
    prompt: Has the load balancer let go of the host?
  register: answer
`,
  params,
  facts: () => [],
  plan({ seconds, minutes, prompt, echo }, _facts, { checkMode }) {
    const total = seconds ?? (minutes === undefined ? undefined : minutes * 60);
    const asked = { echo, user_input: '' };
    if (checkMode) return { actions: [], result: asked };
    if (total === undefined)
      return {
        actions: [askHere(prompt ?? question, { hidden: !echo })],
        result: { echo, user_input: unknown('the answer') },
        finish: ([outcome]) => ({
          user_input: outcome?.stdout ?? '',
          delta: wholeSeconds(outcome?.durationMs),
        }),
      };
    return {
      actions: [waitHere(total)],
      result: asked,
      message: prompt,
      finish: ([outcome]) => ({
        delta: wholeSeconds(outcome?.durationMs),
        stdout: `Paused for ${minutes === undefined ? `${total} seconds` : `${minutes} minutes`}`,
      }),
    };
  },
});
