import { z } from 'zod';
import { loadKernelModule, unloadKernelModule } from '../actions/load-kernel-module.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { type KernelModuleFact, kernelModule } from '../facts/kernel-modules.ts';
import { program } from '../facts/programs.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { splitWords } from '../util/split-words.ts';
import { linesOf, textAt } from './files/edit-file.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { text } from './params/text.ts';
import { needProgram } from './system/need-program.ts';

const isSplittable = (words: string): boolean => {
  try {
    return splitWords(words).every((word) => /^[\w-]+(?:=.*)?$/.test(word));
  } catch {
    return false;
  }
};

const params = z.strictObject({
  name: text()
    .refine((name) => /^[A-Za-z0-9][\w-]*$/.test(name), { error: 'expected the name of a kernel module' })
    .describe('The module.'),
  state: z
    .enum(['present', 'absent'], { error: 'expected present or absent' })
    .default('present')
    .describe('Whether it is to be in the running kernel.'),
  params: text()
    .refine(isSplittable, { error: 'expected parameters such as numdummies=2' })
    .default('')
    .describe(
      'Parameters, with blanks between. A module that is loaded already is not loaded anew with others.',
    ),
  persistent: z
    .enum(['disabled', 'present', 'absent'], { error: 'expected disabled, present or absent' })
    .default('disabled')
    .describe(
      'Whether it is to be loaded at boot: files in /etc/modules-load.d and /etc/modprobe.d. `disabled` leaves them alone.',
    ),
});

type ModprobeTask = z.infer<typeof params>;

const loadFile = (name: string): string => `/etc/modules-load.d/${name}.conf`;
const optionsFile = (name: string): string => `/etc/modprobe.d/${name}.conf`;

const wordsOf = (task: ModprobeTask): string[] => splitWords(task.params);

const optionWords = (fact: KernelModuleFact): string[] =>
  fact.options.flatMap((option) => option.text.split(/\s+/)).filter((word) => word !== '');

const sameWords = (a: readonly string[], b: readonly string[]): boolean =>
  [...new Set(a)].sort().join('\n') === [...new Set(b)].sort().join('\n');

/** Lines of the module made comments, in the files that have them. */
const disable = (
  paths: readonly string[],
  isOwn: (line: string) => boolean,
  facts: Facts,
  context: TaskContext,
): Action[] =>
  [...new Set(paths)].flatMap((path) => {
    const place = resolvePlace(facts, path);
    const lines = linesOf(textAt(facts, place) ?? '');
    const after = lines.map((line) => (isOwn(line) ? `#${line}` : line)).join('');
    return rewriteText(facts, place, after, context);
  });

const planOptions = (
  task: ModprobeTask,
  fact: KernelModuleFact,
  facts: Facts,
  context: TaskContext,
): Action[] => {
  const wanted = task.persistent === 'present' ? wordsOf(task) : [];
  if (sameWords(wanted, optionWords(fact))) return [];
  const own = optionsFile(task.name);
  const isOwn = (line: string): boolean => new RegExp(`^\\s*options\\s+${task.name}(?:\\s|$)`).test(line);
  const others = fact.options.map(({ path }) => path).filter((path) => path !== own || wanted.length === 0);
  const put =
    wanted.length === 0
      ? []
      : rewriteText(
          facts,
          resolvePlace(facts, own),
          wanted.map((word) => `options ${task.name} ${word}\n`).join(''),
          context,
        );
  return [...disable(others, isOwn, facts, context), ...put];
};

const planLoading = (
  task: ModprobeTask,
  fact: KernelModuleFact,
  facts: Facts,
  context: TaskContext,
): Action[] => {
  const isOwn = (line: string): boolean =>
    new RegExp(`^\\s*${task.name}\\s*(?:[#;].*)?$`).test(line.trimEnd());
  if (task.persistent === 'absent') return disable(fact.loadedBy, isOwn, facts, context);
  if (fact.loadedBy.length > 0) return [];
  return rewriteText(facts, resolvePlace(facts, loadFile(task.name)), `${task.name}\n`, context);
};

/** What the files say of the module after it. */
const afterFiles = (task: ModprobeTask, fact: KernelModuleFact): KernelModuleFact => ({
  ...fact,
  loadedBy:
    task.persistent === 'absent' ? [] : fact.loadedBy.length > 0 ? fact.loadedBy : [loadFile(task.name)],
  options:
    task.persistent === 'absent'
      ? []
      : wordsOf(task).map((word) => ({ path: optionsFile(task.name), text: word })),
});

const planFiles = (
  task: ModprobeTask,
  fact: KernelModuleFact,
  facts: Facts,
  context: TaskContext,
): Action[] => {
  if (task.persistent === 'disabled') return [];
  const actions = [...planLoading(task, fact, facts, context), ...planOptions(task, fact, facts, context)];
  const last = actions.at(-1);
  if (last === undefined) return [];
  const value = afterFiles(task, fact);
  return [
    ...actions.slice(0, -1),
    { ...last, predicts: [...last.predicts, { key: kernelModule(task.name), value }] },
  ];
};

const planKernel = (task: ModprobeTask, fact: KernelModuleFact, facts: Facts): Action[] => {
  if ((task.state === 'present') === fact.isLoaded) return [];
  if (fact.isBuiltIn)
    throw new TaskFailure(`${task.name} is part of the kernel itself and cannot be unloaded`);
  needProgram(facts, 'modprobe', 'kmod');
  return task.state === 'present'
    ? [loadKernelModule(task.name, wordsOf(task), fact)]
    : [unloadKernelModule(task.name, fact)];
};

const plan = (task: ModprobeTask, facts: Facts, context: TaskContext): TaskPlan => {
  const fact = facts.get(kernelModule(task.name));
  if (fact === absent) throw new TaskFailure('the modules of the kernel were not read');
  const loading = planKernel(task, fact, facts);
  const now = loading.length === 0 ? fact : { ...fact, isLoaded: task.state === 'present' };
  return {
    actions: [...loading, ...planFiles(task, now, facts, context)],
    result: { name: task.name, params: task.params, state: task.state },
  };
};

/** Modules of the kernel. */
export const modprobe = defineModule({
  name: 'modprobe',
  summary: 'Loads and unloads modules of the kernel, now and at boot.',
  examples: `
- modprobe:
    name: 8021q
    state: present
- name: Loaded at boot too, with parameters
  modprobe:
    name: dummy
    params: numdummies=2
    persistent: present
`,
  params,
  facts: (task) => [
    kernelModule(task.name),
    program('modprobe'),
    ...(task.persistent === 'disabled'
      ? []
      : [loadFile(task.name), optionsFile(task.name)].flatMap((path) => [file(path), content(path)])),
    ...(task.persistent === 'disabled' ? [] : ['/etc/modules-load.d', '/etc/modprobe.d'].map(file)),
  ],
  plan,
  claims: ({ name, state, persistent }) =>
    state === 'absent' ? [] : [{ key: kernelModule(name), wanted: { state, persistent }, prunable: false }],
});
