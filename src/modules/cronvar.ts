import { z } from 'zod';
import { crontab } from '../facts/crontabs.ts';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { dropVariable, putVariable, type VariableSyntax } from './cron/crontab-lines.ts';
import { factsOfCrontab, pathOfCronFile, planCrontab } from './cron/plan-crontab.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    name: text()
      .refine((value) => /^[^\s="']+$/.test(value), { error: 'expected the name of a variable' })
      .describe('The variable.'),
    value: text()
      .refine((value) => /^[^\n\r\0]*$/.test(value), { error: 'expected one line' })
      .optional()
      .describe('Its value, as it is to stand there, quotes included. Required for `present`.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether it is to be there.'),
    user: text().optional().describe('Whose crontab it is; default: of the account that the task acts as.'),
    cron_file: text()
      .refine((value) => value !== '' && !value.endsWith('/'), { error: 'expected the name of a file' })
      .optional()
      .describe('A file below /etc/cron.d (or an absolute path) in place of the crontab of an account.'),
    insertafter: text().optional().describe('The variable that a new one goes below. Default: on top.'),
    insertbefore: text().optional().describe('The variable that a new one goes above.'),
    backup: boolean()
      .default(false)
      .describe('Keep the old crontab: beside the file, or in /tmp for that of an account.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, path: string) => addIssue({ code: 'custom', message, path: [path] });
    if (task.state === 'present' && task.value === undefined)
      complain('value is required with state present', 'value');
    if (task.insertafter !== undefined && task.insertbefore !== undefined)
      complain('insertafter and insertbefore exclude each other', 'insertbefore');
  });

type CronVariable = z.infer<typeof params>;

/** `NAME=value`, with blanks around the sign where somebody wrote them; see crontab(5). */
const declaration = /^\s*(?:"([^"]*)"|'([^']*)'|([^\s=#"']+))\s*=\s*(.*?)\s*$/;

const syntax: VariableSyntax = {
  nameIn: (line) => {
    const [, double, single, bare] = declaration.exec(line) ?? [];
    return double ?? single ?? bare;
  },
  // An empty value has to be quoted.
  render: (name, value) => `${name}=${value === '' ? '""' : value}`,
};

const valueIn = (line: string): string => declaration.exec(line)?.[4] ?? '';

const edit =
  (task: CronVariable) =>
  (lines: readonly string[]): readonly string[] => {
    if (task.state === 'absent') return dropVariable(lines, syntax, task.name);
    const wanted = valueIn(syntax.render(task.name, task.value ?? ''));
    const own = lines.filter((line) => syntax.nameIn(line) === task.name);
    // Blanks around the sign mean nothing, so a line that says the same stays as it is written.
    if (own.length > 0 && own.every((line) => valueIn(line) === wanted)) return lines;
    return putVariable(lines, syntax, task.name, task.value ?? '', task);
  };

/** Variables of crontabs. */
export const cronvar = defineModule({
  name: 'cronvar',
  summary: 'Keeps variables in crontabs, of accounts or below /etc/cron.d.',
  examples: `
- name: Mail of cron goes to the operators
  cronvar:
    name: MAILTO
    value: ops@example.org
- cronvar:
    name: LOGFILE
    value: /var/log/backup.log
    user: root
    cron_file: backup
    insertafter: MAILTO
- cronvar:
    name: OLD
    state: absent
`,
  params,
  facts: factsOfCrontab,
  plan: (task, facts, context) =>
    planCrontab(task, facts, context, edit(task), (lines) => ({
      vars: lines.flatMap((line) => syntax.nameIn(line) ?? []),
    })),
  claims: (task, context) => {
    if (task.state === 'absent') return [];
    const key =
      task.cron_file === undefined
        ? crontab(task.user ?? context.identity.user)
        : file(pathOfCronFile(task.cron_file));
    return [{ key, wanted: { name: task.name, value: sha256(task.value ?? '') }, prunable: false }];
  },
});
