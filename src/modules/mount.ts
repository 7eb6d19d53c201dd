import { posix } from 'node:path';
import { z } from 'zod';
import {
  type MountWish,
  mountPath,
  refreshMount,
  remountPath,
  removeMountPoint,
  unmountPath,
} from '../actions/mounts.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { type MountFact, mount as mountFact } from '../facts/mounts.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { textAt } from './files/edit-file.ts';
import { planWithBackup } from './files/install-content.ts';
import { makeMissingFolders } from './files/plan-directory.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';
import { dropEntry, type FstabEntry, findEntry, putEntry } from './system/fstab.ts';

const states = [
  'mounted',
  'present',
  'unmounted',
  'absent',
  'absent_from_fstab',
  'remounted',
  'ephemeral',
] as const;

const noBlank = (name: string) =>
  text().refine((value) => /^\S+$/.test(value), { error: `expected ${name}` });

const params = z
  .strictObject({
    path: z
      .union([z.literal(['none', 'swap']), path()], {
        error: 'expected an absolute path on the host (it starts with /)',
      })
      .describe('The folder that it is mounted on; `none` for swap.'),
    src: text()
      .optional()
      .describe(
        'Device, `UUID=…`, remote name or folder. Required for `present`, `mounted` and `ephemeral`.',
      ),
    fstype: noBlank('a type such as ext4')
      .optional()
      .describe('Type of the file system. Required with `src`.'),
    opts: noBlank('options with commas between')
      .optional()
      .describe('Mount options, with commas between. Default: `defaults`.'),
    opts_no_log: boolean().default(false).describe('Do not show the options.'),
    dump: text().default('0').describe('Fifth field of fstab.'),
    passno: text().default('0').describe('Sixth field of fstab.'),
    state: z
      .enum(states, { error: `expected one of ${states.join(', ')}` })
      .describe(
        '`mounted`: in fstab, and mounted; `present`: in fstab; `unmounted`: not mounted, fstab left alone; `absent`: neither in fstab nor mounted, and its folder gone (nothing is done where fstab has no such entry); `absent_from_fstab`; `ephemeral`: mounted, fstab left alone; `remounted`: mounted anew, at every run.',
      ),
    fstab: path().default('/etc/fstab').describe('The file.'),
    boot: boolean().default(true).describe('False: not mounted at boot (`noauto`).'),
    backup: boolean().default(false).describe('Keep the old fstab beside it, its name with a time.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    for (const key of ['src', 'fstype'] as const)
      if (['mounted', 'present', 'ephemeral'].includes(task.state) && task[key] === undefined)
        complain(`${key} is required with state ${task.state}`, key);
    if (!task.path.startsWith('/') && !['present', 'absent_from_fstab'].includes(task.state))
      complain(`${task.path} is no folder, so that state can only be present or absent_from_fstab`, 'path');
  });

type MountTask = z.infer<typeof params>;

const optionsOf = ({ opts = 'defaults', boot }: MountTask): string =>
  boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`;

const entryOf = (task: MountTask): FstabEntry => ({
  src: task.src ?? '',
  path: task.path,
  fstype: task.fstype ?? '',
  opts: optionsOf(task),
  dump: task.dump,
  passno: task.passno,
});

const wishOf = (task: MountTask): MountWish => ({
  path: task.path,
  source: task.src ?? '',
  type: task.fstype ?? '',
  options: task.opts ?? 'defaults',
});

const fstabText = (task: MountTask, facts: Facts): string =>
  textAt(facts, resolvePlace(facts, task.fstab)) ?? '';

const writeFstab = (task: MountTask, facts: Facts, after: string, context: TaskContext): Action[] =>
  after === fstabText(task, facts)
    ? []
    : planInSteps(facts, [
        (now) => makeMissingFolders(now, posix.dirname(task.fstab), {}, context.identity),
        (now) => rewriteText(now, resolvePlace(now, task.fstab), after, context, { backup: task.backup }),
      ]);

const makePoint = (task: MountTask, facts: Facts, context: TaskContext): Action[] =>
  resolvePlace(facts, task.path).fact === absent
    ? makeMissingFolders(facts, task.path, {}, context.identity)
    : [];

/** It is mounted by the words of the task before fstab is written: an entry that cannot be mounted would stop the next boot. */
const planMounted = (task: MountTask, facts: Facts, context: TaskContext): Action[] => {
  const live = facts.get(mountFact(task.path));
  const before = findEntry(fstabText(task, facts), task.path, task.src);
  const wanted = entryOf(task);
  const isOther = before !== undefined && (before.src !== wanted.src || before.fstype !== wanted.fstype);
  const after = putEntry(fstabText(task, facts), wanted);
  const isChanged = after !== fstabText(task, facts);
  return planInSteps(facts, [
    (now) => (live === absent ? makePoint(task, now, context) : []),
    () => {
      if (live === absent) return [mountPath(wishOf(task))];
      return isChanged ? [remountPath(wishOf(task), { replace: isOther })] : [];
    },
    (now) => writeFstab(task, now, after, context),
  ]);
};

/** Flags that the kernel shows as they were asked for; others it may write in its own way. */
const plainFlags = new Set([
  'ro',
  'rw',
  'nosuid',
  'nodev',
  'noexec',
  'noatime',
  'nodiratime',
  'sync',
  'dirsync',
]);

const lacksFlags = (task: MountTask, live: MountFact): boolean =>
  (task.opts ?? '').split(',').some((flag) => plainFlags.has(flag) && !live.options.includes(flag));

const planEphemeral = (task: MountTask, facts: Facts, context: TaskContext): Action[] => {
  const live = facts.get(mountFact(task.path));
  if (live === absent)
    return planInSteps(facts, [(now) => makePoint(task, now, context), () => [mountPath(wishOf(task))]]);
  const source = facts.get(file(task.src?.startsWith('/') ? task.src : '/'));
  const target =
    source !== absent && source.type === 'link'
      ? posix.resolve(posix.dirname(task.src ?? ''), source.target)
      : task.src;
  if (live.source !== task.src && live.source !== target)
    throw new TaskFailure(
      `${live.source} is mounted on ${task.path}, not ${task.src ?? ''}: a task with state: unmounted before makes room`,
    );
  return lacksFlags(task, live) ? [remountPath(wishOf(task), { replace: false })] : [];
};

const planUnmounted = (task: MountTask, facts: Facts): Action[] =>
  facts.get(mountFact(task.path)) === absent ? [] : [unmountPath(task.path)];

const planAbsent = (task: MountTask, facts: Facts, context: TaskContext): Action[] => {
  const text = fstabText(task, facts);
  const after = dropEntry(text, task.path, task.src);
  if (after === text) return [];
  const point = facts.get(file(task.path));
  return [
    ...planUnmounted(task, facts),
    ...(point !== absent && point.type === 'directory' ? [removeMountPoint(task.path)] : []),
    ...writeFstab(task, facts, after, context),
  ];
};

const planRemounted = (task: MountTask, facts: Facts): Action[] => {
  if (facts.get(mountFact(task.path)) === absent)
    throw new TaskFailure(
      `nothing is mounted on ${task.path}, so it cannot be mounted anew: state: mounted mounts it`,
    );
  return [refreshMount(task.path, task.opts, task.fstab === '/etc/fstab' ? undefined : task.fstab)];
};

const actionsOf = (task: MountTask, facts: Facts, context: TaskContext): Action[] => {
  switch (task.state) {
    case 'present':
      return writeFstab(task, facts, putEntry(fstabText(task, facts), entryOf(task)), context);
    case 'mounted':
      return planMounted(task, facts, context);
    case 'ephemeral':
      return planEphemeral(task, facts, context);
    case 'unmounted':
      return planUnmounted(task, facts);
    case 'absent':
      return planAbsent(task, facts, context);
    case 'absent_from_fstab':
      return writeFstab(task, facts, dropEntry(fstabText(task, facts), task.path, task.src), context);
    case 'remounted':
      return planRemounted(task, facts);
  }
};

/** The actions without the options, and without fstab, which has them. */
const hideOptions = (actions: readonly Action[], { opts = '' }: MountTask): Action[] => {
  const hide = (text: string): string => (opts === '' ? text : text.replaceAll(opts, '********'));
  return actions.map((action) => ({
    ...action,
    summary: hide(action.summary),
    changes: action.changes.map(({ summary }) => ({ summary: hide(summary) })),
  }));
};

const plan = (task: MountTask, facts: Facts, context: TaskContext): TaskPlan => {
  const { src, fstype, dump, passno, fstab, boot } = task;
  const actions = actionsOf(task, facts, context);
  return planWithBackup(task.opts_no_log ? hideOptions(actions, task) : actions, {
    name: task.path,
    ...(src !== undefined && { src }),
    ...(fstype !== undefined && { fstype }),
    opts: task.opts_no_log ? '********' : optionsOf(task),
    dump,
    passno,
    fstab,
    boot: boot ? 'yes' : 'no',
  });
};

/** File systems, mounted and in fstab. */
export const mount = defineModule({
  name: 'mount',
  summary: 'Mounts file systems, and keeps their entries in fstab.',
  examples: `
- name: Data on its own disk
  mount:
    path: /srv/data
    src: UUID=b3e48f45-f933-4c8e-a700-22a159ec9077
    fstype: ext4
    opts: noatime,nofail
    state: mounted
- name: A small file system in memory
  mount:
    path: /var/cache/scratch
    src: tmpfs
    fstype: tmpfs
    opts: size=64m,mode=1777
    state: mounted
- mount:
    path: /srv/shared
    src: /srv/data/shared
    fstype: none
    opts: bind
    state: present
- mount:
    path: /mnt/old
    state: absent
`,
  params,
  aliases: { name: 'path' },
  facts: (task) => [
    ...(task.path.startsWith('/') ? [mountFact(task.path), file(task.path)] : []),
    ...(task.state === 'ephemeral'
      ? [file(task.src?.startsWith('/') ? task.src : '/')]
      : [file(task.fstab), content(task.fstab), file(posix.dirname(task.fstab))]),
  ],
  plan,
  claims: (task) =>
    task.state === 'present' || task.state === 'mounted'
      ? [{ key: file(task.fstab), wanted: { ...entryOf(task) }, prunable: false }]
      : [],
});
