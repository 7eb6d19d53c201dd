import { posix } from 'node:path';
import { z } from 'zod';
import { removePath } from '../actions/remove-path.ts';
import { file as fileFact } from '../facts/files.ts';
import { tree } from '../facts/trees.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { attributeParams } from './files/attribute-params.ts';
import { differenceOfFile } from './files/difference-of-file.ts';
import { factsOfTimes, planTimes, wallOf } from './files/file-times.ts';
import { foldersAbove, planDirectory } from './files/plan-directory.ts';
import { planExisting } from './files/plan-existing.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import { planHardLink, planLink } from './files/plan-link.ts';
import { planTouch } from './files/plan-touch.ts';
import { isFolder, placeOf, resolvePlace } from './files/resolve-path.ts';
import { resultOfFile } from './files/result-of-file.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

const states = ['absent', 'directory', 'file', 'hard', 'link', 'touch'] as const;

const usualFormat = '%Y%m%d%H%M.%S';

const time = (title: string) =>
  text()
    .optional()
    .describe(
      `${title}: \`preserve\`, \`now\`, or a time by the host's clock. Default: \`now\` with \`touch\`, else \`preserve\`.`,
    );

const timeFormat = (name: string) =>
  text().default(usualFormat).describe(`How \`${name}\` is written, as Python's strptime has it.`);

const params = z
  .strictObject({
    path: path().describe('What is managed.'),
    state: z
      .enum(states, { error: `expected one of ${states.join(', ')}` })
      .optional()
      .describe(
        '`file` never makes a file, it only sets attributes. Default: what is there; with `recurse`, a directory.',
      ),
    src: z
      .string()
      .min(1)
      .optional()
      .describe('What a link points to; for `link` it may be relative to the link.'),
    ...attributeParams,
    recurse: boolean().default(false).describe('Owner, group and mode for everything below a directory too.'),
    follow: boolean()
      .default(true)
      .describe(
        'Manage what a link at the path points to. Give `false` where another account could have put the link there.',
      ),
    force: boolean()
      .default(false)
      .describe('Link even to nothing, and in place of a file or an empty directory.'),
    modification_time: time('When it was last changed'),
    modification_time_format: timeFormat('modification_time'),
    access_time: time('When it was last read'),
    access_time_format: timeFormat('access_time'),
  })
  .superRefine((task, { addIssue }) => {
    for (const name of ['modification_time', 'access_time'] as const) {
      const value = task[name] ?? 'now';
      if (value !== 'now' && value !== 'preserve' && wallOf(value, task[`${name}_format`]) === undefined)
        addIssue({
          code: 'custom',
          message: `expected preserve, now, or a time such as 202601312359.00 (${name}_format says in which form)`,
          path: [name],
        });
    }
    const needsSource = task.state === 'hard' && task.src === undefined;
    if (needsSource)
      addIssue({ code: 'custom', message: 'src is required for creating new hardlinks', path: ['src'] });
    if (task.state === 'hard' && task.src?.startsWith('/') === false)
      addIssue({ code: 'custom', message: 'expected an absolute path on the host', path: ['src'] });
    if (task.recurse && task.state !== undefined && task.state !== 'directory')
      addIssue({
        code: 'custom',
        message: "recurse option requires state to be 'directory'",
        path: ['recurse'],
      });
    if (task.src !== undefined && task.state !== 'link' && task.state !== 'hard')
      addIssue({
        code: 'custom',
        message: "src option requires state to be 'link' or 'hard'",
        path: ['src'],
      });
  });

export type FileTask = z.infer<typeof params>;

type State = (typeof states)[number];

/** What the task means where it names no state. */
const stateOf = (task: FileTask, facts: Facts): State => {
  if (task.state !== undefined) return task.state;
  const fact = facts.get(fileFact(task.path));
  if (fact === absent) return task.recurse ? 'directory' : 'file';
  return fact.type === 'directory' ? 'directory' : 'file';
};

const planAbsent = ({ path: at }: FileTask, facts: Facts): TaskPlan => {
  const fact = facts.get(fileFact(at));
  return { actions: fact === absent ? [] : [removePath(at, fact)], result: { path: at, state: 'absent' } };
};

/** A hard link at a folder goes into it, under the name of its source. */
const inFolder = (task: FileTask, facts: Facts): FileTask =>
  task.src !== undefined && isFolder(facts, task.path)
    ? { ...task, path: posix.join(task.path, posix.basename(task.src)) }
    : task;

/** Where the attributes are that a task is about: links are the matter of some states, the others follow them. */
const attributesAt = (state: State, task: FileTask, facts: Facts): string => {
  if (state === 'hard') return inFolder(task, facts).path;
  return state === 'link' || state === 'absent' || !task.follow
    ? task.path
    : resolvePlace(facts, task.path).path;
};

const planState: Readonly<Record<State, (task: FileTask, facts: Facts, context: TaskContext) => TaskPlan>> = {
  absent: planAbsent,
  directory: planDirectory,
  file: planExisting,
  hard: (task, facts) => planHardLink(inFolder(task, facts), facts),
  link: planLink,
  touch: planTouch,
};

/** Times of what is there, or will be. */
const withTimes = (
  state: State,
  plan: TaskPlan,
  task: FileTask,
  facts: Facts,
  context: TaskContext,
): TaskPlan => {
  if (state !== 'file' && state !== 'directory') return plan;
  const actions = planInSteps(facts, [
    () => plan.actions,
    (now) => planTimes(task, (task.follow ? resolvePlace : placeOf)(now, task.path), now, context),
  ]);
  return { ...plan, actions };
};

/** Files, directories, links: their being there and their attributes. */
export const file = defineModule({
  name: 'file',
  summary: 'Makes directories and links, removes paths, sets owner and mode.',
  examples: `
- name: A directory
  file:
    path: /etc/matrix-synapse/workers
    state: directory
    owner: matrix-synapse
    group: matrix-synapse
    mode: "0750"
- name: The site is enabled
  file:
    src: /etc/nginx/sites-available/matrix.conf
    path: /etc/nginx/sites-enabled/matrix.conf
    state: link
- name: No default site
  file:
    path: /etc/nginx/sites-enabled/default
    state: absent
`,
  params,
  aliases: { dest: 'path', name: 'path' },
  modes: ['mode'],
  facts: (task, { identity, diff }): FactKey[] => [
    fileFact(task.path),
    ...factsOfTimes(task, identity),
    ...(task.state === 'absent' ? [] : foldersAbove(task.path).map(fileFact)),
    ...(task.recurse || (diff && task.state === 'absent') ? [tree(task.path)] : []),
    ...(task.state === 'hard' && task.src !== undefined ? [fileFact(task.src)] : []),
  ],
  plan(task, facts, context) {
    const state = stateOf(task, facts);
    const plan = withTimes(state, planState[state](task, facts, context), task, facts, context);
    const named = {
      path: task.path,
      at: attributesAt(state, task, facts),
      state: task.state,
      showsContent: context.diff,
    };
    const diff = differenceOfFile(facts, named, plan.actions);
    return { ...plan, result: { ...resultOfFile(facts, task.path, plan.actions), diff, ...plan.result } };
  },
  claims({ path: at, state = 'file', src, owner, group, mode }) {
    if (state === 'absent') return [];
    const isWhole = state === 'link' || state === 'hard';
    return [{ key: fileFact(at), wanted: { state, src, owner, group, mode }, prunable: isWhole }];
  },
});
