import { posix } from 'node:path';
import { z } from 'zod';
import { removePath } from '../actions/remove-path.ts';
import { file } from '../facts/files.ts';
import { program } from '../facts/programs.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { factsOfContent } from './files/install-content.ts';
import { placeOf } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';
import { needProgram } from './system/need-program.ts';

const oneLine = () => text().refine((value) => /^[^\n\r\0]+$/.test(value), { error: 'expected one line' });

const list = () =>
  z.union([z.array(oneLine()).min(1), oneLine().transform((value) => [value])], {
    error: 'expected a list of texts',
  });

const params = z
  .strictObject({
    name: text()
      .refine((name) => /^[^/\s\0]+$/.test(name), { error: 'expected the name of a file, without a folder' })
      .describe('Name of the rule, and of its file.'),
    user: oneLine().optional().describe('Who may. This or `group`.'),
    group: oneLine().optional().describe('Which group may.'),
    commands: list()
      .optional()
      .describe('Which commands, with their whole paths; `ALL` for all. Required for `present`.'),
    host: oneLine().default('ALL').describe('On which hosts.'),
    runas: oneLine().optional().describe('As whom; default: root.'),
    nopassword: boolean().default(true).describe('Without a password.'),
    noexec: boolean().default(false).describe('The commands cannot run others.'),
    setenv: boolean().default(false).describe('The environment may be kept.'),
    defaults: list()
      .optional()
      .describe('Settings for who may, such as `!targetpw`, a `Defaults` line each.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether the rule is to be there.'),
    sudoers_path: path().default('/etc/sudoers.d').describe('The folder.'),
    validation: z
      .enum(['absent', 'detect', 'required'], { error: 'expected absent, detect or required' })
      .default('detect')
      .describe(
        'Whether visudo must accept the file before it is put in place: never, where the host has it, or always.',
      ),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.user !== undefined && task.group !== undefined)
      complain('user and group exclude each other', 'group');
    if (task.state === 'absent') return;
    if (task.user === undefined && task.group === undefined)
      complain('one of user and group is required', 'user');
    if (task.commands === undefined) complain('commands is required with state present', 'commands');
  });

type SudoersTask = z.infer<typeof params>;

const textOf = (task: SudoersTask): string => {
  const who = task.user ?? `%${task.group}`;
  const tags = [
    ...(task.runas === undefined ? [] : [`(${task.runas})`]),
    ...(task.noexec ? ['NOEXEC:'] : []),
    ...(task.nopassword ? ['NOPASSWD:'] : []),
    ...(task.setenv ? ['SETENV:'] : []),
  ].join('');
  return [
    ...(task.defaults ?? []).map((setting) => `Defaults:${who} ${setting}\n`),
    `${who} ${task.host}=${tags} ${(task.commands ?? []).join(', ')}\n`,
  ].join('');
};

const pathOf = ({ sudoers_path, name }: SudoersTask): string => posix.join(sudoers_path, name);

const plan = (task: SudoersTask, facts: Facts, context: TaskContext): TaskPlan => {
  const place = placeOf(facts, pathOf(task));
  if (task.state === 'absent')
    return { actions: place.fact === absent ? [] : [removePath(place.path, place.fact)] };
  if (task.validation === 'required') needProgram(facts, 'visudo', 'sudo');
  const isChecked = task.validation !== 'absent' && facts.get(program('visudo')) !== absent;
  const wanted = {
    owner: 'root',
    group: 'root',
    mode: '0440',
    ...(isChecked && { validate: '/usr/sbin/visudo -cf %s' }),
  };
  return { actions: rewriteText(facts, place, textOf(task), context, wanted) };
};

/** Rules of sudo. */
export const sudoers = defineModule({
  name: 'sudoers',
  summary: 'Keeps a rule of sudo in a file of its own.',
  examples: `
- name: The backup account may sync
  sudoers:
    name: allow-backup
    user: backup
    commands: /usr/local/bin/backup
- sudoers:
    name: allow-web-restart
    group: web
    runas: root
    commands:
      - /usr/bin/systemctl restart nginx
      - /usr/bin/systemctl reload nginx
- sudoers:
    name: old-rule
    state: absent
`,
  params,
  lint: ({ name }) =>
    /[.~]/.test(name)
      ? [
          {
            param: 'name',
            code: 'odd-sudoers-file',
            message: 'sudo ignores a file whose name has a dot in it or ends in ~',
          },
        ]
      : [],
  facts: (task) => [
    ...factsOfContent(pathOf(task), new TextEncoder().encode(task.state === 'present' ? textOf(task) : '')),
    program('visudo'),
  ],
  plan,
  claims: (task) =>
    task.state === 'absent' ? [] : [{ key: file(pathOf(task)), wanted: { rule: sha256(textOf(task)) } }],
});
