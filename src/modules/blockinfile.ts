import { z } from 'zod';
import { file } from '../facts/files.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { editBlock } from './files/edit-block.ts';
import { createParam, type Edited, editParams, factsOfEdit, planEdit } from './files/edit-file.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { boolean } from './params/boolean.ts';
import { regex } from './params/python-regex.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    ...editParams,
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether the block is to be there.'),
    block: text().default('').describe('The lines. Empty: the block is removed.'),
    marker: text()
      .default('# {mark} ANSIBLE MANAGED BLOCK')
      .describe('Line around the block, with {mark}. Another one for each block of a file.'),
    marker_begin: text().default('BEGIN').describe('What {mark} is before the block.'),
    marker_end: text().default('END').describe('What {mark} is after the block.'),
    insertafter: regex()
      .optional()
      .describe('Where a new block goes: after the last match, or `EOF` (default).'),
    insertbefore: regex().optional().describe('Where a new block goes: before the last match, or `BOF`.'),
    create: createParam,
    append_newline: boolean()
      .default(false)
      .describe('An empty line after the block, unless the file ends there.'),
    prepend_newline: boolean()
      .default(false)
      .describe('An empty line before the block, unless the file begins there.'),
  })
  .superRefine(({ insertafter, insertbefore, marker }, { addIssue }) => {
    const complain = (message: string, path: string) => addIssue({ code: 'custom', message, path: [path] });
    if (insertafter !== undefined && insertbefore !== undefined)
      complain('insertafter and insertbefore exclude each other', 'insertbefore');
    if (!marker.includes('{mark}'))
      complain('expected {mark} in it, or a second run would add a second block', 'marker');
  });

export type BlockTask = z.infer<typeof params>;

const edit = (task: BlockTask, before: string | undefined): Edited => {
  if (before !== undefined) return editBlock(task, before);
  if (task.state === 'absent') return { text: undefined, result: { msg: `File ${task.path} not present` } };
  throw new TaskFailure(`Path ${task.path} does not exist !`, { rc: 257 });
};

/** Lines of a file between two marker lines. */
export const blockinfile = defineModule({
  name: 'blockinfile',
  summary: 'Keeps a block of lines, between marker lines, in a file.',
  examples: `
- blockinfile:
    path: /etc/security/limits.conf
    marker: "# {mark} matrix-synapse"
    block: |
      matrix-synapse soft nofile 65536
      matrix-synapse hard nofile 65536
`,
  params,
  aliases: { dest: 'path', destfile: 'path', name: 'path', content: 'block' },
  modes: ['mode'],
  facts: factsOfEdit,
  plan(task, facts, context) {
    const isNew = resolvePlace(facts, task.path).fact === absent;
    const plan = planEdit(task, facts, context, (before) => edit(task, before));
    return isNew && plan.actions.length > 0
      ? { ...plan, result: { ...plan.result, msg: 'File created' } }
      : plan;
  },
  claims: ({ path, state, block, marker }) =>
    state === 'absent' ? [] : [{ key: file(path), wanted: { block, marker }, prunable: false }],
});
