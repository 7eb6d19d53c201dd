import { posix } from 'node:path';
import { z } from 'zod';
import { setKernelSettings } from '../actions/set-kernel-settings.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { kernelSetting, normalizeSetting } from '../facts/kernel-settings.ts';
import { program } from '../facts/programs.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { linesOf, textAt } from './files/edit-file.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';
import { needProgram } from './system/need-program.ts';

/** `yes` and its like are what YAML takes for true and the kernel for nothing. */
const flagOf = (value: string): string => {
  if (/^(?:yes|on|true|t|y)$/i.test(value)) return '1';
  return /^(?:no|off|false|f|n)$/i.test(value) ? '0' : value;
};

const params = z
  .strictObject({
    name: text()
      .transform((name) => name.trim())
      .refine((name) => /^[^\s=#;]+$/.test(name), { error: 'expected a setting such as net.ipv4.ip_forward' })
      .describe('The setting, with dots.'),
    value: z
      .union([z.boolean().transform((value) => (value ? '1' : '0')), text()], { error: 'expected a value' })
      .transform((value) => flagOf(value.trim()))
      .refine((value) => /^[^\n\0]+$/.test(value), { error: 'expected a value on one line' })
      .optional()
      .describe('Its value. Required for `present`. True and false are 1 and 0.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether it is to stand in the file.'),
    sysctl_file: path()
      .default('/etc/sysctl.conf')
      .describe('The file. systemd reads those below /etc/sysctl.d at boot.'),
    sysctl_set: boolean()
      .default(false)
      .describe('Set it in the running kernel by itself, whatever the file says.'),
    reload: boolean()
      .default(true)
      .describe(
        'Load the file (`sysctl -p`) where it changes, and where the running kernel has another value.',
      ),
    ignoreerrors: boolean().default(false).describe('A setting that the kernel does not know is no error.'),
  })
  .superRefine(({ state, value }, { addIssue }) => {
    if (state === 'present' && value === undefined)
      addIssue({ code: 'custom', message: 'value is required with state present', path: ['value'] });
  });

type SysctlTask = z.infer<typeof params>;

/** What a line sets; undefined: a comment, or nothing. A leading `-` says that errors do not matter. */
const settingIn = (line: string): readonly [name: string, value: string] | undefined => {
  const [, name, value = ''] = /^\s*-?([^\s#;=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  return name === undefined ? undefined : [name, value];
};

const edit = ({ name, value = '', state }: SysctlTask, before: string): string => {
  const lines = linesOf(before);
  const isOwn = (line: string): boolean => settingIn(line)?.[0] === name;
  const first = lines.findIndex(isOwn);
  if (state === 'absent') return lines.filter((line) => !isOwn(line)).join('');
  if (first === -1) {
    const joint = before === '' || before.endsWith('\n') ? '' : '\n';
    return `${before}${joint}${name}=${value}\n`;
  }
  const kept = settingIn(lines[first] ?? '')?.[1] === value ? lines[first] : `${name}=${value}\n`;
  return lines
    .flatMap((line, index) => {
      if (index === first) return [kept ?? ''];
      return isOwn(line) ? [] : [line];
    })
    .join('');
};

const settingsOf = (lines: string): ReadonlyMap<string, string> =>
  new Map(
    linesOf(lines).flatMap((line) => {
      const setting = settingIn(line);
      return setting === undefined ? [] : [[setting[0], normalizeSetting(setting[1])] as const];
    }),
  );

const isInKernel = (task: SysctlTask, facts: Facts): boolean => {
  const live = facts.get(kernelSetting(task.name));
  if (live === absent) {
    if (task.ignoreerrors) return true;
    throw new TaskFailure(
      `the kernel has no setting ${task.name}: is its module loaded (modprobe)? With ignoreerrors it is left alone`,
    );
  }
  // What can only be written cannot be compared.
  return live.value === undefined || live.value === normalizeSetting(task.value ?? '');
};

const planKernel = (task: SysctlTask, facts: Facts, after: string): Action[] => {
  if (task.state === 'absent' || (!task.reload && !task.sysctl_set)) return [];
  if (isInKernel(task, facts)) return [];
  const live = facts.get(kernelSetting(task.name));
  needProgram(facts, 'sysctl', 'procps');
  const value = normalizeSetting(task.value ?? '');
  return [
    setKernelSettings({
      name: task.name,
      value,
      before: live === absent ? undefined : live.value,
      ignoreUnknown: task.ignoreerrors,
      file: task.reload ? task.sysctl_file : undefined,
      after: task.reload ? settingsOf(after) : new Map([[task.name, value]]),
    }),
  ];
};

const plan = (task: SysctlTask, facts: Facts, context: TaskContext): Action[] => {
  const place = resolvePlace(facts, task.sysctl_file);
  const before = textAt(facts, place);
  const after = edit(task, before ?? '');
  return [
    ...(after === (before ?? '') ? [] : rewriteText(facts, place, after, context)),
    ...planKernel(task, facts, after),
  ];
};

/** Settings of the kernel. */
export const sysctl = defineModule({
  name: 'sysctl',
  summary: 'Keeps a setting of the kernel, in a file and in the running kernel.',
  examples: `
- name: Packets are forwarded
  sysctl:
    name: net.ipv4.ip_forward
    value: "1"
    sysctl_file: /etc/sysctl.d/90-router.conf
- sysctl:
    name: vm.swappiness
    value: "5"
    state: present
    reload: false
- sysctl:
    name: kernel.panic
    state: absent
    sysctl_file: /etc/sysctl.conf
`,
  params,
  aliases: { key: 'name', val: 'value' },
  facts: (task) => [
    file(task.sysctl_file),
    content(task.sysctl_file),
    file(posix.dirname(task.sysctl_file)),
    ...(task.state === 'present' && (task.reload || task.sysctl_set)
      ? [kernelSetting(task.name), program('sysctl')]
      : []),
  ],
  plan,
  claims: ({ name, value, state, sysctl_file: at }) =>
    state === 'absent' ? [] : [{ key: file(at), wanted: { name, value }, prunable: false }],
});
