import { z } from 'zod';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { createParam, type Edited, editParams, factsOfEdit, planEdit } from './files/edit-file.ts';
import { addLine, removeLines } from './files/edit-lines.ts';
import { boolean } from './params/boolean.ts';
import { pythonRegex, regex } from './params/python-regex.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    ...editParams,
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether the line is to be there.'),
    line: text()
      .transform((line) => line.replace(/\n$/, ''))
      .optional()
      .describe('The line. Required for `present`.'),
    regexp: regex()
      .optional()
      .describe(
        'Which line it replaces: the last that matches. For `absent`: which lines go. Python syntax.',
      ),
    search_string: text().optional().describe('As regexp, but plain text that the line holds.'),
    backrefs: boolean()
      .default(false)
      .describe('Fill in \\1 and \\g<name> from the match; without a match nothing is done.'),
    insertafter: regex()
      .optional()
      .describe('Where a new line goes: after the last match, `BOF` or `EOF` (default).'),
    insertbefore: regex().optional().describe('Where a new line goes: before the last match, or `BOF`.'),
    firstmatch: boolean().default(false).describe('The first match counts, not the last.'),
    create: createParam,
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, path: string) => addIssue({ code: 'custom', message, path: [path] });
    const patterns = [task.regexp, task.search_string].filter((pattern) => pattern !== undefined);
    if (task.state === 'present' && task.line === undefined)
      complain('line is required with state present', 'line');
    if (task.state === 'absent' && patterns.length === 0 && task.line === undefined)
      complain('one of line, search_string, or regexp is required with state absent', 'state');
    if (patterns.length === 2) complain('regexp and search_string exclude each other', 'search_string');
    if (task.insertafter !== undefined && task.insertbefore !== undefined)
      complain('insertafter and insertbefore exclude each other', 'insertbefore');
    if (task.backrefs && task.regexp === undefined) complain('regexp is required with backrefs', 'backrefs');
  });

export type LineTask = z.infer<typeof params>;

const edit = (task: LineTask, before: string | undefined): Edited => {
  if (before !== undefined)
    return task.state === 'present' ? addLine(task, before) : removeLines(task, before);
  if (task.state === 'absent') return { text: undefined, result: { msg: 'file not present', found: 0 } };
  throw new TaskFailure(`Destination ${task.path} does not exist !`, { rc: 257 });
};

/** Ansible's warning of an expression, or a text, that every line holds. */
const emptyPattern = ({ regexp, search_string }: LineTask): readonly string[] => {
  if (regexp !== '' && search_string !== '') return [];
  const noun = regexp === '' ? 'regular expression' : 'search string';
  const hint =
    regexp === ''
      ? " If this is desired, use '^' to match every line in the file and avoid this warning."
      : '';
  return [
    `The ${noun} is an empty string, which will match every line in the file. This may have unintended consequences, such as replacing the last line in the file rather than appending.${hint}`,
  ];
};

/** One line of a file. */
export const lineinfile = defineModule({
  name: 'lineinfile',
  summary: 'Makes sure that a line is in a file, replaces or removes lines.',
  examples: `
- lineinfile:
    path: /etc/redis/redis.conf
    regexp: '^port\\s'
    line: port 0
- lineinfile:
    path: /etc/hosts
    search_string: old.example.org
    state: absent
`,
  params,
  aliases: { dest: 'path', destfile: 'path', name: 'path', regex: 'regexp', value: 'line' },
  modes: ['mode'],
  lint({ regexp, line, state, backrefs }) {
    if (regexp === undefined || line === undefined || state === 'absent' || backrefs) return [];
    if (/\{[{%]/.test(regexp + line) || pythonRegex(regexp).test(`${line}\n`)) return [];
    const message = `regexp does not match the line itself, so a line that is changed later is added, not replaced`;
    return [{ param: 'regexp', code: 'regexp-misses-line', message }];
  },
  facts: factsOfEdit,
  plan(task, facts, context) {
    const plan = planEdit({ ...task, backupKey: 'backup' }, facts, context, (text) => edit(task, text));
    return { ...plan, warnings: [...(plan.warnings ?? []), ...emptyPattern(task)] };
  },
  claims: ({ path, state, line, regexp }) =>
    state === 'absent' ? [] : [{ key: file(path), wanted: { line, regexp }, prunable: false }],
});
