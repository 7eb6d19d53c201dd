import { posix } from 'node:path';
import { z } from 'zod';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { linesOf, textAt } from './files/edit-file.ts';
import { planWithBackup } from './files/install-content.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

/** @see limits.conf(5) */
const items = [
  ...['core', 'data', 'fsize', 'memlock', 'nofile', 'rss', 'stack', 'cpu', 'nproc', 'as', 'maxlogins'],
  ...['maxsyslogins', 'priority', 'locks', 'sigpending', 'msgqueue', 'nice', 'rtprio', 'chroot'],
] as const;

const noLimit = new Set(['unlimited', 'infinity', '-1']);

const params = z
  .strictObject({
    domain: text()
      .refine((value) => /^[^\s#]+$/.test(value), { error: 'expected a user, @group, a range or a wildcard' })
      .describe('Whom it limits: a user, `@group`, `*`, a range of numbers.'),
    limit_type: z
      .enum(['hard', 'soft', '-'], { error: 'expected hard, soft or -' })
      .describe('`hard`, `soft`, or `-` for both.'),
    limit_item: z.enum(items, { error: `expected one of ${items.join(', ')}` }).describe('What is limited.'),
    value: text()
      .refine((value) => /^(?:-?\d+|unlimited|infinity)$/.test(value), {
        error: 'expected a whole number, unlimited, infinity or -1',
      })
      .describe('The limit; `unlimited`, `infinity` and `-1` mean none.'),
    use_min: boolean().default(false).describe('Of the value that is there and this one the smaller counts.'),
    use_max: boolean().default(false).describe('Of the value that is there and this one the larger counts.'),
    comment: text()
      .refine((value) => /^[^\n\r]*$/.test(value), { error: 'expected one line' })
      .default('')
      .describe('Comment behind a line that is written. Default: the one that is there.'),
    dest: path().default('/etc/security/limits.conf').describe('The file.'),
    backup: boolean().default(false).describe('Keep the old file beside it, its name with a time.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    const number = Number(task.value);
    const isRank = ['nice', 'priority'].includes(task.limit_item);
    if (isRank && !(number >= -20 && number <= 19))
      complain(`${task.limit_item} is between -20 and 19`, 'value');
    if (!isRank && !noLimit.has(task.value) && number < 0)
      complain('a limit is 0 or more, or -1 for none', 'value');
    if (task.use_min && task.use_max) complain('use_min and use_max exclude each other', 'use_max');
  });

type LimitTask = z.infer<typeof params>;

interface Limit {
  readonly value: string;
  /** With its sign; '' for none. */
  readonly comment: string;
}

/** What the line sets of this limit; undefined: it is another line. */
const limitIn = (line: string, { domain, limit_type, limit_item }: LimitTask): Limit | undefined => {
  const [, fields = '', comment = ''] = /^([^#]*)(#.*)?$/.exec(line.trimEnd()) ?? [];
  const [who, type, item, value, ...rest] = fields.trim().split(/\s+/);
  if (value === undefined || rest.length > 0) return undefined;
  return who === domain && type === limit_type && item === limit_item ? { value, comment } : undefined;
};

const sizeOf = (value: string, { limit_item }: LimitTask): number =>
  noLimit.has(value) && !['nice', 'priority'].includes(limit_item) ? Number.POSITIVE_INFINITY : Number(value);

/** The value that is to stand there, where this one does. */
const choose = (task: LimitTask, before: string): string => {
  const [wanted, found] = [sizeOf(task.value, task), sizeOf(before, task)];
  if (task.use_max) return wanted > found ? task.value : before;
  if (task.use_min) return wanted < found ? task.value : before;
  return task.value;
};

const render = (task: LimitTask, value: string, comment: string): string => {
  const remark = task.comment === '' ? comment : `#${task.comment}`;
  return `${task.domain}\t${task.limit_type}\t${task.limit_item}\t${value}${remark === '' ? '' : `\t${remark}`}\n`;
};

const edit = (task: LimitTask, before: string): string => {
  const lines = linesOf(before);
  const isThere = lines.some((line) => limitIn(line, task) !== undefined);
  if (!isThere) {
    const joint = before === '' || before.endsWith('\n') ? '' : '\n';
    return `${before}${joint}${render(task, task.value, '')}`;
  }
  return lines
    .map((line) => {
      const limit = limitIn(line, task);
      if (limit === undefined) return line;
      const value = choose(task, limit.value);
      return value === limit.value ? line : render(task, value, limit.comment);
    })
    .join('');
};

const plan = (task: LimitTask, facts: Facts, context: TaskContext): TaskPlan => {
  const place = resolvePlace(facts, task.dest);
  const before = textAt(facts, place);
  const after = edit(task, before ?? '');
  const msg = linesOf(after).find((line) => limitIn(line, task) !== undefined) ?? '';
  if (after === before) return { actions: [], result: { msg } };
  return planWithBackup(rewriteText(facts, place, after, context, { backup: task.backup }), { msg });
};

/** Limits of accounts. */
export const pamLimits = defineModule({
  name: 'pam_limits',
  summary: 'Keeps limits of accounts in /etc/security/limits.conf.',
  examples: `
- pam_limits:
    domain: joe
    limit_type: soft
    limit_item: nofile
    value: "64000"
- name: Never less than is there
  pam_limits:
    domain: "@staff"
    limit_type: hard
    limit_item: fsize
    value: "1000000"
    use_max: true
- pam_limits:
    dest: /etc/security/limits.d/james.conf
    domain: james
    limit_type: "-"
    limit_item: memlock
    value: unlimited
    comment: unlimited memory lock for james
`,
  params,
  facts: ({ dest }) => [file(dest), content(dest), file(posix.dirname(dest))],
  plan,
  claims: ({ dest, domain, limit_type, limit_item, value }) => [
    { key: file(dest), wanted: { domain, limit_type, limit_item, value }, prunable: false },
  ],
});
