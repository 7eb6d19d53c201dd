import { posix } from 'node:path';
import { commandSh, noFolder, runCommand, type UserCommand } from '../../actions/run-command.ts';
import { file } from '../../facts/files.ts';
import { pathGlob } from '../../facts/path-globs.ts';
import { type ProbeFact, probe } from '../../facts/probes.ts';
import type { Action, ActionOutcome } from '../../model/action.ts';
import type { FactEffect, FactKey, Facts } from '../../model/fact.ts';
import type { Lint, LintedTask, TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { unknown } from '../../model/unknown.ts';
import type { CommandParams } from './command-params.ts';

/** A task of `command` or `shell`, its command made out. */
export interface CommandTask {
  readonly params: CommandParams;
  readonly run: UserCommand['run'];
  /** `cmd` of the result: words, or the text. */
  readonly cmd: readonly string[] | string;
}

/** A read-only command may take longer than a guard. */
const readSeconds = 300;

const commandOf = ({ params, run }: CommandTask): UserCommand => ({
  run,
  chdir: params.chdir,
  stdin: params.stdin === undefined ? undefined : `${params.stdin}${params.stdin_add_newline ? '\n' : ''}`,
});

/** Words stay apart; what begins with a dollar sign is a variable of the environment to them all. */
const shownWord = (word: string): string =>
  /^[^\s'"]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const shownOf = ({ cmd }: CommandTask, context: TaskContext): string => {
  if (context.secret) return 'a command that is not shown';
  const line = (typeof cmd === 'string' ? cmd : cmd.map(shownWord).join(' ')).trim();
  const [first = '', ...more] = line.split('\n');
  const begin = first.length > 100 ? `${first.slice(0, 100)} …` : first;
  return more.length === 0
    ? begin
    : `${begin} (and ${more.length} more ${more.length === 1 ? 'line' : 'lines'})`;
};

const account = (context: TaskContext): string =>
  JSON.stringify([context.identity.user, context.identity.environment]);

const answer = (task: CommandTask, context: TaskContext): FactKey<ProbeFact> =>
  probe(
    `${JSON.stringify(commandOf(task))} as ${account(context)}`,
    commandSh(commandOf(task)),
    context.identity,
    readSeconds,
  );

const guard = (text: string, { params }: CommandTask, context: TaskContext): FactKey<ProbeFact> => {
  const command: UserCommand = { run: { text, executable: 'sh' }, chdir: params.chdir };
  return probe(`${JSON.stringify(command)} as ${account(context)}`, commandSh(command), context.identity);
};

/** What only the host can make out: patterns, home folders, variables. */
const isWritten = (path: string): boolean => /[*?[~$]/.test(path);

/** The one path that is meant; undefined: sh has to tell. */
const plainPath = (written: string, { params }: CommandTask): string | undefined => {
  const path = posix.join(
    params.chdir !== undefined && !written.startsWith('/') ? params.chdir : '',
    written,
  );
  return isWritten(path) || !path.startsWith('/') ? undefined : path;
};

const glob = (written: string, { params }: CommandTask, context: TaskContext): FactKey<ProbeFact> =>
  pathGlob(written, params.chdir ?? '/', context.identity);

const pathKey = (written: string, task: CommandTask, context: TaskContext): FactKey => {
  const path = plainPath(written, task);
  return path === undefined ? glob(written, task, context) : file(path);
};

const isThere = (written: string, task: CommandTask, facts: Facts, context: TaskContext): boolean => {
  const path = plainPath(written, task);
  if (path !== undefined) return facts.get(file(path)) !== 'absent';
  const found = facts.get(glob(written, task, context));
  return found !== 'absent' && found.exitStatus === 0;
};

const succeeds = (text: string, task: CommandTask, facts: Facts, context: TaskContext): boolean => {
  const fact = facts.get(guard(text, task, context));
  return fact !== 'absent' && fact.exitStatus === 0;
};

/** Why the command is not to be run (`'/path' exists`); undefined: it is. */
export const reasonAgainst = (task: CommandTask, facts: Facts, context: TaskContext): string | undefined => {
  const { creates, removes, unless, onlyif } = task.params;
  if (creates !== undefined && isThere(creates, task, facts, context)) return `'${creates}' exists`;
  if (removes !== undefined && !isThere(removes, task, facts, context)) return `'${removes}' does not exist`;
  const met = unless.find((text) => succeeds(text, task, facts, context));
  if (met !== undefined) return `"${met}" succeeds`;
  const failed = onlyif.find((text) => !succeeds(text, task, facts, context));
  return failed === undefined ? undefined : `"${failed}" fails`;
};

const lines = (text: string): readonly string[] => (text === '' ? [] : text.split(/\r\n|\n|\r/));

const outputs = (
  { params }: { readonly params: Pick<CommandParams, 'strip_empty_ends'> },
  stdout: string,
  stderr: string,
) => {
  const [out, err] = [stdout, stderr].map((text) =>
    params.strip_empty_ends ? text.replace(/[\r\n]+$/, '') : text,
  );
  const shownLines = (text = '') => lines(text.replace(/\r?\n$/, ''));
  return { stdout: out, stdout_lines: shownLines(out), stderr: err, stderr_lines: shownLines(err) };
};

const messageOf = (exitStatus: number, stderr: string): string => {
  if (exitStatus === 0) return '';
  return stderr.startsWith(`${noFolder}: `) ? stderr.trim() : 'non-zero return code';
};

const timestamp = (date: Date): string => `${date.toISOString().slice(0, -1).replace('T', ' ')}000`;

/** As Python prints a timedelta: `0:00:01.250000`. */
const duration = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const micro = String(Math.round((milliseconds % 1000) * 1000)).padStart(6, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60))}:${two(seconds)}.${micro}`;
};

/** What is registered of a command that has run. */
export const ranResult = (
  task: { readonly params: Pick<CommandParams, 'strip_empty_ends'> },
  { exitStatus, stdout, stderr, startedAt, durationMs }: ActionOutcome,
): Readonly<Record<string, unknown>> => ({
  ...outputs(task, stdout, stderr),
  rc: exitStatus,
  msg: messageOf(exitStatus, stderr),
  start: timestamp(startedAt),
  end: timestamp(new Date(startedAt.getTime() + durationMs)),
  delta: duration(durationMs),
});

const finish =
  (task: CommandTask) =>
  ([outcome]: readonly ActionOutcome[]): Readonly<Record<string, unknown>> =>
    outcome === undefined ? {} : ranResult(task, outcome);

const notRun = (task: CommandTask, against: string, context: TaskContext): TaskPlan => {
  const said = {
    ...outputs(task, `skipped, since ${against.replaceAll(/^'|'(?= (?:exists|does not exist)$)/g, '')}`, ''),
    rc: 0,
  };
  const msg = `${context.checkMode ? 'Would' : 'Did'} not run command since ${against}`;
  return { actions: [], result: { cmd: task.cmd, ...said, msg, start: null, end: null, delta: null } };
};

const isGuarded = ({ params }: CommandTask): boolean =>
  params.creates !== undefined ||
  params.removes !== undefined ||
  params.unless.length > 0 ||
  params.onlyif.length > 0;

const predictionsOf = (task: CommandTask): readonly FactEffect[] => {
  const { creates, removes } = task.params;
  const created = creates === undefined ? undefined : plainPath(creates, task);
  const removed = removes === undefined ? undefined : plainPath(removes, task);
  return [
    ...(created === undefined ? [] : [{ key: file(created), value: unknown('the command that makes it') }]),
    ...(removed === undefined ? [] : [{ key: file(removed), value: 'absent' }]),
  ];
};

/** Facts of a `command` or `shell` task. A guarded look is left out: it is made only when its guards let it. */
export const commandFacts = (task: CommandTask, context: TaskContext): readonly FactKey[] => {
  const { creates, removes, unless, onlyif } = task.params;
  return [
    ...[creates, removes].flatMap((path) => (path === undefined ? [] : [pathKey(path, task, context)])),
    ...[...unless, ...onlyif].map((text) => guard(text, task, context)),
    ...(context.readOnly && !isGuarded(task) ? [answer(task, context)] : []),
  ];
};

/** Plan of a `command` or `shell` task. A status other than 0 is in the result as `rc`; the engine judges it. */
export const planCommand = (task: CommandTask, facts: Facts, context: TaskContext): TaskPlan => {
  const against = reasonAgainst(task, facts, context);
  if (against !== undefined) return notRun(task, against, context);
  if (context.readOnly) {
    const fact = facts.get(answer(task, context));
    if (fact === 'absent') throw new TaskFailure('the command was not run');
    const { exitStatus, stdout, stderr } = fact;
    const said = { ...outputs(task, stdout, stderr), rc: exitStatus, msg: messageOf(exitStatus, stderr) };
    return { actions: [], result: { cmd: task.cmd, ...said } };
  }
  return planGuarded(task, facts, context, (shown, { predicts, isGuarded: guarded }) =>
    runCommand(commandOf(task), shown, predicts, guarded),
  );
};

/** Ansible's words for a command that a task only says it would run: without guards, it counts as skipped. */
const undone = (task: CommandTask): Readonly<Record<string, unknown>> => {
  const { creates, removes } = task.params;
  const isSkipped = creates === undefined && removes === undefined;
  return {
    ...outputs(task, '', ''),
    ...{ rc: 0, msg: 'Command would have run if not in check mode', start: null, end: null, delta: null },
    ...(isSkipped && { changed: false, skipped: true }),
  };
};

/** What follows from the guards of something that is run, for the action that runs it. */
type MakeAction = (
  shown: string,
  effects: { readonly predicts: readonly FactEffect[]; readonly isGuarded: boolean },
) => Action;

/** Plan of something that is run unless its guards are against it. */
export const planGuarded = (
  task: CommandTask,
  facts: Facts,
  context: TaskContext,
  make: MakeAction,
): TaskPlan => {
  const against = reasonAgainst(task, facts, context);
  if (against !== undefined) return notRun(task, against, context);
  const action = make(shownOf(task, context), { predicts: predictionsOf(task), isGuarded: isGuarded(task) });
  return { actions: [action], result: { cmd: task.cmd }, finish: finish(task), undone: undone(task) };
};

/** The warning that a command can never be proved; one that only looks needs no proof. */
export const lintCommand = (params: CommandParams, task?: LintedTask): readonly Lint[] =>
  task?.readOnly !== true &&
  params.creates === undefined &&
  params.removes === undefined &&
  params.unless.length + params.onlyif.length === 0
    ? [
        {
          code: 'unguarded-command',
          message:
            "this command is run every time and can't be proved; creates, removes, unless, onlyif or changed_when: false say when it is needed",
        },
      ]
    : [];
