import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { TaskReport } from '../../../../src/model/report.ts';
import type { TestHost } from '../../../hosts/host.ts';
import { runAnsible } from '../ansible.ts';
import { type Job, synDeploy } from '../syn-deploy.ts';
import { Detours } from './places.ts';
import type { TargetProject } from './project.ts';

/** How the task at a place ended: of several times, the worst. `own module`: the target brings it along, in Python. */
export type Outcome = 'passed' | 'failed' | 'refused' | 'not run' | 'own module';

/** `tasks/main.yml:12` → how it ended there, and why. */
export type Outcomes = ReadonlyMap<string, { readonly outcome: Outcome; readonly why: string }>;

const jobFor = (host: TestHost, { playbook }: TargetProject, env: NodeJS.ProcessEnv = {}): Job => ({
  hosts: [host],
  group: 'targets',
  playbook,
  env,
});

/** They bring tasks, and are none; we do not report them. */
const structural =
  /^(ansible\.(builtin|legacy)\.)?(include_tasks|include_role|import_tasks|import_role|include|meta)$/;

interface Place {
  readonly file: string;
  readonly line: number;
}

const placeOf = (source: string): Place => {
  const [, file = '', line] = /^(.*):(\d+):\d+$/.exec(source) ?? [];
  return { file: resolve(file), line: Number(line) };
};

/** Where a task names a template, 1-based lines: what cannot be read of it keeps such a task from being run. */
const tasksWith = async ({ role }: TargetProject, template: string): Promise<readonly Place[]> => {
  const places: Place[] = [];
  for (const name of await readdir(join(role, 'tasks'))) {
    const file = join(role, 'tasks', name);
    const lines = (await readFile(file, 'utf8')).split('\n');
    for (const [index, line] of lines.entries())
      if (!/^\s*#/.test(line) && line.includes(template)) places.push({ file, line: index + 1 });
  }
  return places;
};

/** For whoever waits, where TRACE is set. */
const trace = (line: string): void => {
  if (process.env['TRACE'] !== undefined) process.stderr.write(`${line}\n`);
};

/** Runs of one target after which it is given up. */
const mostRuns = 40;

interface Line {
  readonly place: string;
  readonly name: string;
  readonly action: string;
  readonly outcome: 'ok' | 'skipped' | 'ignored' | 'failed';
}

const linesOf = async (notes: string): Promise<readonly Line[]> =>
  (await readFile(notes, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const isOwnModule = ({ role }: TargetProject, action: string): boolean =>
  ['library', 'action_plugins'].some((home) => existsSync(join(role, home, `${action}.py`)));

/** Of one run: the worst of the times that a task ran. */
const outcomesOf = (lines: readonly Line[], project: TargetProject, detours: Detours): Outcomes => {
  const outcomes = new Map<string, { outcome: Outcome; why: string }>();
  for (const { place, action, outcome } of lines) {
    const { file, line } = placeOf(`${place}:1`);
    const at = `${relative(project.role, file)}:${detours.original(file, line)}`;
    if (at.startsWith('..') || structural.test(action)) continue;
    if (outcomes.get(at)?.outcome === 'failed') continue;
    const isFailed = outcome === 'failed' || outcome === 'ignored';
    if (isOwnModule(project, action)) outcomes.set(at, { outcome: 'own module', why: action });
    else outcomes.set(at, { outcome: isFailed ? 'failed' : 'passed', why: outcome });
  }
  return outcomes;
};

/**
 * Runs a target by Ansible. A task that ends it is then let fail, and the whole is run again: what is not as the target needs it here
 * is not to keep its other tasks from being compared.
 *
 * @param requirement  as pip takes it
 * @throws Error with all that it printed, when it notes nothing
 */
export const runByAnsible = async (
  host: TestHost,
  project: TargetProject,
  requirement: string | undefined,
  more: NodeJS.ProcessEnv,
  reset: () => Promise<void>,
): Promise<Outcomes> => {
  const notes = join(project.folder, 'outcomes.jsonl');
  const detours = new Detours();
  const env = {
    TASK_OUTCOMES: notes,
    ANSIBLE_CALLBACK_PLUGINS: resolve(import.meta.dirname),
    ANSIBLE_ROLES_PATH: join(project.folder, 'roles'),
    ...more,
  };
  for (let run = 0; ; run += 1) {
    await rm(notes, { force: true });
    await reset();
    const { exitStatus, output } = await runAnsible(jobFor(host, project), [], { requirement, env });
    await writeFile(join(project.folder, `ansible-${run}.log`), output);
    if (!existsSync(notes)) throw new Error(`Ansible ran no task\n${output}`);
    const lines = await linesOf(notes);
    const stopped = exitStatus === 0 ? undefined : lines.findLast(({ outcome }) => outcome === 'failed');
    trace(`by Ansible, ${run}: ${stopped === undefined ? 'at its end' : stopped.place}`);
    const { file, line } = placeOf(`${stopped?.place}:1`);
    if (stopped === undefined || run === mostRuns || !(await detours.forgive(file, line)))
      return outcomesOf(lines, project, detours);
  }
};

const failure = 'failed, and ignored: ';

const isFailure = ({ status, message }: TaskReport): boolean =>
  status === 'failed' || message?.startsWith(failure) === true;

/** Errors of the playbook that keep a run from beginning. */
const refusalsOf = (text: string): readonly (Place & { readonly why: string })[] =>
  [...text.matchAll(/^(\S+):(\d+):\d+: error: (.*)$/gm)].map(([, file = '', line, why = '']) => ({
    file: resolve(file),
    line: Number(line),
    why,
  }));

/**
 * Runs a target by us. Who fails where Ansible does not is then let fail, and what is not read at all is taken out, and the whole is
 * run again, so that the tasks behind it come to be run as well.
 */
export const runByUs = async (
  host: TestHost,
  project: TargetProject,
  env: NodeJS.ProcessEnv,
  reset: () => Promise<void>,
): Promise<Outcomes> => {
  const detours = new Detours();
  /** What is taken out says nothing more of itself. */
  const settled = new Map<string, { outcome: Outcome; why: string }>();
  let outcomes = new Map(settled);
  const nameOf = ({ file, line }: Place): string =>
    `${relative(project.role, file)}:${detours.original(file, line)}`;
  for (let run = 0; run < mostRuns; run += 1) {
    await reset();
    let tasks: readonly TaskReport[];
    try {
      tasks = (await synDeploy('apply', jobFor(host, project, env))).host.tasks;
    } catch (error) {
      const refusals = refusalsOf((error as Error).message);
      const muted: string[] = [];
      const ofTasks = refusals.filter(({ file }) => /\.ya?ml$/.test(file));
      const ofTemplates = refusals.filter(({ file }) => !/\.ya?ml$/.test(file));
      const users = await Promise.all(
        ofTemplates.map(async ({ file, why }) =>
          (await tasksWith(project, basename(file))).map((place) => ({ ...place, why })),
        ),
      );
      for (const refusal of [...ofTasks, ...users.flat()].filter(({ file }) =>
        file.startsWith(project.folder),
      )) {
        // A mistake is shown where it stands, and outcomes are those of tasks.
        const line = await detours.taskLine(refusal.file, refusal.line);
        const name = `${relative(project.role, refusal.file)}:${line}`;
        if (muted.includes(name) || !(await detours.mute(refusal.file, refusal.line))) continue;
        muted.push(name);
        settled.set(name, { outcome: 'refused', why: refusal.why });
      }
      trace(`${run}: refused ${muted.map((name) => `${name}: ${settled.get(name)?.why}`).join(', ')}`);
      // What nobody can take out keeps the rest from being run.
      if (muted.length === 0) {
        trace((error as Error).message);
        return new Map([...outcomes, ...settled]);
      }
      continue;
    }
    // As by Ansible the last run counts: what a task needs may be there only when those before it were let fail.
    outcomes = new Map(settled);
    const stopped = tasks.find(({ status, rescued }) => status === 'failed' && rescued !== true);
    for (const task of tasks) {
      const name = nameOf(placeOf(task.source));
      if (settled.has(name)) continue;
      if (isFailure(task)) outcomes.set(name, { outcome: 'failed', why: task.message ?? '' });
      else if (task.status === 'not-attempted') continue;
      else if (outcomes.get(name)?.outcome !== 'failed') outcomes.set(name, { outcome: 'passed', why: '' });
    }
    trace(`${run}: ${stopped === undefined ? 'at its end' : `${stopped.source}: ${stopped.message}`}`);
    if (stopped === undefined) return outcomes;
    const { file, line } = placeOf(stopped.source);
    const name = nameOf({ file, line });
    if (await detours.forgive(file, line)) continue;
    if (!(await detours.mute(file, line))) return outcomes;
    settled.set(name, { outcome: 'failed', why: stopped.message ?? '' });
  }
  return outcomes;
};
