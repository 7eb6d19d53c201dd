import { posix } from 'node:path';
import { removePath } from '../../actions/remove-path.ts';
import { writeCrontab } from '../../actions/write-crontab.ts';
import { account } from '../../facts/accounts.ts';
import { content } from '../../facts/contents.ts';
import { crontab } from '../../facts/crontabs.ts';
import { file } from '../../facts/files.ts';
import { program } from '../../facts/programs.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { textAt } from '../files/edit-file.ts';
import { planWithBackup } from '../files/install-content.ts';
import { resolvePlace } from '../files/resolve-path.ts';
import { rewriteText } from '../files/rewrite-text.ts';
import { needProgram } from '../system/need-program.ts';
import { crontabLines, crontabText } from './crontab-lines.ts';

/** Which crontab a task is about. */
export interface CrontabTask {
  readonly user?: string | undefined;
  readonly cron_file?: string | undefined;
  readonly state: 'present' | 'absent';
  readonly backup: boolean;
}

/** The path of `cron_file`: below /etc/cron.d, unless it is absolute. */
export const pathOfCronFile = (name: string): string => posix.resolve('/etc/cron.d', name);

/** The account whose crontab it is; undefined: the one that the task acts as, which is the script's own. */
const ownerOf = (task: CrontabTask, context: TaskContext): string | undefined =>
  task.user ?? context.identity.user;

export const factsOfCrontab = (task: CrontabTask, context: TaskContext): FactKey[] => {
  if (task.cron_file !== undefined) {
    const path = pathOfCronFile(task.cron_file);
    return [file(path), content(path), file(posix.dirname(path))];
  }
  const owner = ownerOf(task, context);
  return [crontab(owner), program('crontab'), ...(owner === undefined ? [] : [account(owner)])];
};

type Edit = (lines: readonly string[]) => readonly string[];

const planFile = (
  task: CrontabTask,
  path: string,
  facts: Facts,
  context: TaskContext,
  edit: Edit,
): TaskPlan => {
  const place = resolvePlace(facts, path);
  const before = textAt(facts, place);
  const text = crontabText(edit(crontabLines(before ?? '')));
  if (text === (before ?? '')) return { actions: [] };
  // A file without lines is left by nobody, and Ansible takes it away too.
  if (task.state === 'absent' && text.trim() === '' && place.fact !== absent)
    return { actions: [removePath(place.path, place.fact)] };
  const actions = rewriteText(facts, place, text, context, { backup: task.backup });
  return planWithBackup(actions, {});
};

const planOwn = (task: CrontabTask, facts: Facts, context: TaskContext, edit: Edit): TaskPlan => {
  const user = ownerOf(task, context);
  needProgram(facts, 'crontab', 'cron');
  if (user !== undefined && facts.get(account(user)) === absent)
    throw new TaskFailure(`there is no user ${user}; a task with user: name=${user} makes it`);
  const fact = facts.get(crontab(user));
  const before = fact === absent ? null : fact.text;
  const text = crontabText(edit(crontabLines(before ?? '')));
  if (text === (before ?? '')) return { actions: [] };
  return planWithBackup([writeCrontab({ user, text, before, backup: task.backup })], {});
};

/**
 * Plans an edit of a crontab, of an account or in /etc/cron.d.
 *
 * @param describe  what the result says of the lines as they will be
 */
export const planCrontab = (
  task: CrontabTask,
  facts: Facts,
  context: TaskContext,
  edit: Edit,
  describe: (lines: readonly string[]) => Readonly<Record<string, unknown>>,
): TaskPlan => {
  let after: readonly string[] = [];
  const edited: Edit = (lines) => {
    after = edit(lines);
    return after;
  };
  const plan =
    task.cron_file === undefined
      ? planOwn(task, facts, context, edited)
      : planFile(task, pathOfCronFile(task.cron_file), facts, context, edited);
  const where = task.cron_file === undefined ? {} : { cron_file: task.cron_file };
  return { ...plan, result: { ...plan.result, ...describe(after), ...where } };
};
