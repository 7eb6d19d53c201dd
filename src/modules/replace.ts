import { z } from 'zod';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { type Edited, editParams, factsOfEdit, planEdit } from './files/edit-file.ts';
import { expandReplacement, pythonRegex, regex } from './params/python-regex.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  ...editParams,
  regexp: regex().describe(
    'What is replaced, everywhere in the file. Python syntax; ^ and $ are those of lines.',
  ),
  replace: text().default('').describe('What takes its place; \\1 and \\g<name> are filled in.'),
  after: regex().optional().describe('Only what comes after this.'),
  before: regex().optional().describe('Only what comes before this.'),
  encoding: z
    .string()
    .regex(/^utf-?8$/i, { error: 'only utf-8 is known' })
    .default('utf-8')
    .describe('Only UTF-8 is known.'),
});

type Params = z.infer<typeof params>;

const patternOf = ({ after, before }: Pick<Params, 'after' | 'before'>): string => {
  const lazy = after !== undefined && before !== undefined ? '?' : '';
  return `${after ?? ''}(?P<subsection>.*${lazy})${before ?? ''}`;
};

/** Where in the text is replaced: offsets of the beginning and the end. undefined: the borders are not there. */
const sectionOf = ({ after, before }: Params, whole: string): readonly [number, number] | undefined => {
  if (after === undefined && before === undefined) return [0, whole.length];
  return pythonRegex(patternOf({ after, before }), 'ds').exec(whole)?.indices?.groups?.['subsection'];
};

const substitute = (section: string, { regexp, replace }: Params): { text: string; count: number } => {
  let count = 0;
  const replaced = [...section.matchAll(pythonRegex(regexp, 'gm'))].reduceRight((rest, match) => {
    count += 1;
    const start = match.index;
    return rest.slice(0, start) + expandReplacement(replace, match) + rest.slice(start + match[0].length);
  }, section);
  return { text: replaced, count };
};

const replaceIn = (task: Params, whole: string): { text: string; msg: string } => {
  const section = sectionOf(task, whole);
  if (section === undefined) {
    const msg = `Pattern for before/after params did not match the given file: ${patternOf(task)}`;
    return { text: whole, msg };
  }
  const [start, end] = section;
  const { text: replaced, count } = substitute(whole.slice(start, end), task);
  const edited = whole.slice(0, start) + replaced + whole.slice(end);
  return { text: edited, msg: edited === whole ? '' : `${count} replacements made` };
};

const edit = (task: Params, whole: string | undefined): Edited => {
  if (whole === undefined) throw new TaskFailure(`Path ${task.path} does not exist !`, { rc: 257 });
  const { text: edited, msg } = replaceIn(task, whole);
  const again = replaceIn(task, edited).text;
  const warnings =
    again === edited
      ? undefined
      : [`what replaces "${task.regexp}" matches it again: each run will change the file`];
  return { text: edited, result: { msg, rc: 0 }, warnings };
};

/** Replaces all matches of an expression in a file. */
export const replace = defineModule({
  name: 'replace',
  summary: 'Replaces every match of an expression in a file.',
  examples: `
- replace:
    path: /etc/hosts
    regexp: '(\\s+)old\\.host\\.name(\\s+.*)?$'
    replace: '\\1new.host.name\\2'
`,
  params,
  aliases: { dest: 'path', destfile: 'path', name: 'path' },
  modes: ['mode'],
  facts: factsOfEdit,
  plan: (task, facts, context) => planEdit(task, facts, context, (whole) => edit(task, whole)),
  claims: ({ path, regexp, replace: by }) => [
    { key: file(path), wanted: { regexp, replace: by }, prunable: false },
  ],
});
