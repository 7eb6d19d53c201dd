import { z } from 'zod';
import { answerDebconf } from '../actions/answer-debconf.ts';
import { type DebconfAnswerFact, debconfAnswer } from '../facts/debconf-answers.ts';
import { answersOf, debconfAnswers } from '../facts/debconf-questions.ts';
import { defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const oneLine = () =>
  text().refine((value) => /^[^\n\0]*$/.test(value), {
    error: 'expected one line: debconf takes an answer as a line',
  });

const given = z.strictObject({
  name: text()
    .refine((value) => /^[a-z0-9][a-z0-9+.-]*$/.test(value), { error: 'expected the name of a package' })
    .describe('Package that asks the question.'),
  question: text()
    .refine((value) => /^\S+$/.test(value), {
      error: 'expected a question such as matrix-synapse/server-name',
    })
    .optional()
    .describe(
      'Question: `matrix-synapse/server-name`. Without one nothing is answered, and `current` of the result has all answers that the package has.',
    ),
  vtype: z
    .enum([
      'boolean',
      'error',
      'multiselect',
      'note',
      'password',
      'seen',
      'select',
      'string',
      'text',
      'title',
    ])
    .optional()
    .describe('Type of the question. The answer to a `password` is never shown, and compared by its hash.'),
  value: z
    .union([z.boolean().transform(String), z.array(oneLine()), oneLine()], {
      error: 'expected a text, true or false, or a list (multiselect)',
    })
    .optional()
    .describe('The answer.'),
  unseen: boolean().default(false).describe('Ask the question nevertheless.'),
});

const params = given.refine(
  ({ question, vtype, value }) =>
    new Set([question, vtype, value].map((one) => one === undefined)).size === 1,
  { error: 'parameters are required together: question, vtype, value' },
);

type Given = z.infer<typeof params>;

type Params = Given & { readonly [K in 'question' | 'vtype' | 'value']: NonNullable<Given[K]> };

const answers = (p: Given): p is Params => p.question !== undefined;

/** The answer as debconf keeps it. */
const answerOf = (p: Params): string => {
  const answer = Array.isArray(p.value) ? p.value.join(', ') : p.value;
  if (p.vtype !== 'boolean') return answer;
  if (/^(yes|true)$/i.test(answer)) return 'true';
  return /^(no|false)$/i.test(answer) ? 'false' : answer;
};

const isSecret = (p: Params): boolean => p.vtype === 'password';

const sorted = (list: string): string =>
  list
    .split(/\s*,\s*/)
    .sort()
    .join();

const isAnswered = (p: Params, fact: DebconfAnswerFact): boolean => {
  if (!fact.owners.includes(p.name)) return false;
  if (isSecret(p)) return fact.valueSha256 === sha256(answerOf(p));
  if (p.vtype === 'multiselect' && fact.value !== undefined)
    return sorted(fact.value) === sorted(answerOf(p));
  return fact.value === answerOf(p);
};

/** Answers to the questions of Debian packages. */
export const debconf = defineModule({
  name: 'debconf',
  summary: 'Answers the questions that a package asks when it is installed.',
  examples: `- name: Synapse knows its name before it is installed
  debconf:
    name: matrix-synapse
    question: matrix-synapse/server-name
    vtype: string
    value: example.org

- name: No statistics
  debconf:
    name: matrix-synapse
    question: matrix-synapse/report-stats
    vtype: boolean
    value: false

- name: What tzdata was told
  debconf:
    name: tzdata
  register: tzdata
`,
  params,
  aliases: { pkg: 'name', selection: 'question', setting: 'question', answer: 'value' },
  facts: (p, context) =>
    answers(p) ? [debconfAnswer(p.question, isSecret(p))] : [debconfAnswers(p.name, context.identity)],
  plan: (p, facts, context) => {
    if (!answers(p)) {
      const answer = facts.get(debconfAnswers(p.name, context.identity));
      return {
        actions: [],
        result: { msg: '', current: answer === 'absent' ? {} : answersOf(answer) },
      };
    }
    const fact = facts.get(debconfAnswer(p.question, isSecret(p)));
    if (fact !== 'absent' && isAnswered(p, fact)) return [];
    return [
      answerDebconf({
        owner: p.name,
        owners: fact === 'absent' ? [] : fact.owners,
        question: p.question,
        type: p.vtype,
        value: answerOf(p),
        before: fact === 'absent' ? undefined : fact.value,
        secret: isSecret(p),
        unseen: p.unseen,
      }),
    ];
  },
  claims: (p) =>
    answers(p)
      ? [{ key: debconfAnswer(p.question, isSecret(p)), wanted: sha256(answerOf(p)), prunable: false }]
      : [],
});
