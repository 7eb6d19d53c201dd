import { z } from 'zod';
import { crontab } from '../facts/crontabs.ts';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import {
  dropJob,
  dropVariable,
  jobNames,
  putJob,
  putVariable,
  type VariableSyntax,
} from './cron/crontab-lines.ts';
import { factsOfCrontab, pathOfCronFile, planCrontab } from './cron/plan-crontab.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const oneLine = () =>
  text()
    .transform((value) => value.replace(/^[\r\n]+|[\r\n]+$/g, ''))
    .refine((value) => /^[^\n\r\0]*$/.test(value), {
      error: 'expected one line: cron takes a job as a line',
    });

/** cron would take a blank for the end of the field. */
const time = (description: string) =>
  text()
    .refine((value) => /^[^\s#]+$/.test(value), {
      error: 'expected a time as cron has it, such as 5, */10 or 1-5',
    })
    .default('*')
    .describe(description);

const params = z
  .strictObject({
    name: oneLine()
      .refine((value) => value !== '', { error: 'expected a name, by which the job is found again' })
      .describe('What stands above the job as `#Ansible: NAME`; with `env` the name of the variable.'),
    job: oneLine()
      .optional()
      .describe('The command; with `env` the value. Required for `present`. A `%` in it is written `\\%`.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether it is to be there.'),
    user: text()
      .optional()
      .describe(
        'Whose crontab it is; default: of the account that the task acts as. With `cron_file`: who runs the job.',
      ),
    cron_file: text()
      .refine((value) => value !== '/etc/crontab', {
        error: '/etc/crontab is not for single jobs: use a file below /etc/cron.d',
      })
      .refine((value) => value !== '' && !value.endsWith('/'), { error: 'expected the name of a file' })
      .optional()
      .describe('A file below /etc/cron.d (or an absolute path) in place of the crontab of an account.'),
    minute: time('0-59, `*`, `*/2` and so on.'),
    hour: time('0-23, `*`, `*/2` and so on.'),
    day: time('Day of the month: 1-31, `*`, `*/2` and so on.'),
    month: time('1-12, JAN-DEC, `*`, `*/2` and so on.'),
    weekday: time('0-6, SUN-SAT, `*` and so on.'),
    special_time: z
      .enum(['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'])
      .optional()
      .describe('A time by its name, in place of the five fields.'),
    disabled: boolean().default(false).describe('Keep the job, as a comment.'),
    env: boolean()
      .default(false)
      .describe('It is a variable of the crontab, not a job. A new one goes on top.'),
    insertafter: text().optional().describe('With `env`: the variable that a new one goes below.'),
    insertbefore: text().optional().describe('With `env`: the variable that a new one goes above.'),
    backup: boolean()
      .default(false)
      .describe('Keep the old crontab: beside the file, or in /tmp for that of an account.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, path: string) => addIssue({ code: 'custom', message, path: [path] });
    const fields = [task.minute, task.hour, task.day, task.month, task.weekday];
    const isPresent = task.state === 'present';
    if (isPresent && task.job === undefined) complain('job is required with state present', 'job');
    if (isPresent && task.cron_file !== undefined && task.user === undefined && !task.env)
      complain('user is required with cron_file: it says who runs the job', 'user');
    if (task.special_time !== undefined && fields.some((field) => field !== '*'))
      complain('special_time takes the place of minute, hour, day, month and weekday', 'special_time');
    if (task.insertafter !== undefined && task.insertbefore !== undefined)
      complain('insertafter and insertbefore exclude each other', 'insertbefore');
    for (const key of ['insertafter', 'insertbefore'] as const)
      if (task[key] !== undefined && !task.env) complain(`${key} goes with env: true`, key);
    if (task.env && !/^[^\s="']+$/.test(task.name)) complain('expected the name of a variable', 'name');
  });

type CronTask = z.infer<typeof params>;

/** `NAME="value"`, as Ansible writes it. */
const syntax: VariableSyntax = {
  nameIn: (line) => /^([^\s=#]+)=/.exec(line)?.[1],
  render: (name, value) => `${name}="${value}"`,
};

const jobLine = (task: CronTask): string => {
  const fields = [task.minute, task.hour, task.day, task.month, task.weekday].join(' ');
  const when = task.special_time === undefined ? fields : `@${task.special_time}`;
  const who = task.cron_file === undefined ? '' : ` ${task.user}`;
  return `${task.disabled ? '#' : ''}${when}${who} ${task.job ?? ''}`;
};

const edit =
  (task: CronTask) =>
  (lines: readonly string[]): readonly string[] => {
    if (task.env)
      return task.state === 'present'
        ? putVariable(lines, syntax, task.name, task.job ?? '', task)
        : dropVariable(lines, syntax, task.name);
    return task.state === 'present' ? putJob(lines, task.name, jobLine(task)) : dropJob(lines, task.name);
  };

/** cron leaves out files with a dot in their name, and says so only in its log. */
const oddName = ({ cron_file: name = '' }: CronTask) =>
  name === '' || /^[A-Za-z0-9_-]+$/.test(name.replace(/^.*\//, ''))
    ? []
    : [
        {
          param: 'cron_file',
          code: 'odd-cron-file',
          message: 'cron ignores a file whose name has anything but letters, digits, _ and - in it',
        },
      ];

/** Jobs and variables of crontabs. */
export const cron = defineModule({
  name: 'cron',
  summary: 'Keeps jobs and variables in crontabs, of accounts or below /etc/cron.d.',
  examples: `
- name: A job at 2 and 5 o'clock
  cron:
    name: check dirs
    minute: "0"
    hour: "5,2"
    job: ls -alh > /dev/null
- name: A file below /etc/cron.d
  cron:
    name: backup
    cron_file: backup
    user: root
    special_time: daily
    job: /usr/local/sbin/backup
- name: A variable on top of the crontab
  cron:
    name: PATH
    env: true
    job: /usr/local/bin:/usr/bin:/bin
- cron:
    name: an old job
    state: absent
`,
  params,
  aliases: { value: 'job', dom: 'day', dow: 'weekday' },
  lint: oddName,
  facts: factsOfCrontab,
  plan: (task, facts, context) =>
    planCrontab(task, facts, context, edit(task), (lines) => ({
      jobs: jobNames(lines),
      envs: lines.flatMap((line) => syntax.nameIn(line) ?? []),
    })),
  claims: (task, context) => {
    if (task.state === 'absent') return [];
    const key =
      task.cron_file === undefined
        ? crontab(task.user ?? context.identity.user)
        : file(pathOfCronFile(task.cron_file));
    return [{ key, wanted: { name: task.name, line: sha256(jobLine(task)) }, prunable: false }];
  },
});
