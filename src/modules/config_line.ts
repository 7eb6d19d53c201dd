import { z } from 'zod';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { createParam, type Edited, editParams, factsOfEdit, planEdit } from './files/edit-file.ts';
import { editSettings } from './files/edit-settings.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    ...editParams,
    key: text().optional().describe('Name of a setting.'),
    value: text().optional().describe('Its value; empty: the name alone is the line.'),
    settings: z
      .record(z.string().min(1), text())
      .optional()
      .describe('Several settings at once: their names and values.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether the settings are to be there.'),
    separator: z
      .string()
      .min(1)
      .default(' ')
      .describe('What stands between name and value: a blank, `=`, ` = `, `: `.'),
    comment: z.string().min(1).default('#').describe('What begins a comment.'),
    multiple: boolean()
      .default(false)
      .describe(
        'The name may stand there several times (`save` of Redis): only the line of this value is managed.',
      ),
    create: createParam,
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, path: string) => addIssue({ code: 'custom', message, path: [path] });
    if (task.key === undefined && task.settings === undefined)
      complain('key (or settings) is required', 'key');
    if (task.key === undefined && task.value !== undefined) complain('value goes with key', 'value');
    if (task.key !== undefined && task.value === undefined && (task.state === 'present' || task.multiple))
      complain('value is required', 'value');
    const all = Object.entries({
      ...task.settings,
      ...(task.key !== undefined && { [task.key]: task.value ?? '' }),
    });
    if (all.some((pair) => pair.some((part) => part.includes('\n'))))
      complain('a setting is one line', 'value');
  });

export type SettingsTask = z.infer<typeof params>;

/** Names and wanted values. */
export const settingsOf = ({ key, value = '', settings = {} }: SettingsTask): [string, string][] => [
  ...Object.entries(settings),
  ...(key === undefined ? [] : [[key, value] as [string, string]]),
];

const edit = (task: SettingsTask, before: string | undefined): Edited => {
  if (before !== undefined) return editSettings(task, settingsOf(task), before);
  if (task.state === 'absent') return { text: undefined, result: { msg: 'file not present' } };
  throw new TaskFailure(`Destination ${task.path} does not exist !`, { rc: 257 });
};

/** Settings of a file of "name value" lines: exactly one effective line each. */
export const configLine = defineModule({
  name: 'config_line',
  summary: 'Keeps exactly one effective line for each setting of a configuration file.',
  examples: `
- name: Redis listens on a unix socket only
  config_line:
    path: /etc/redis/redis.conf
    settings:
      port: 0
      unixsocket: /run/redis/redis-server.sock
      unixsocketperm: 770
- config_line:
    path: /etc/default/grub
    separator: "="
    key: GRUB_TIMEOUT
    value: 1
`,
  params,
  aliases: { dest: 'path', name: 'key' },
  modes: ['mode'],
  facts: factsOfEdit,
  plan: (task, facts, context) => planEdit(task, facts, context, (before) => edit(task, before)),
  claims: (task) =>
    task.state === 'absent'
      ? []
      : [{ key: file(task.path), wanted: Object.fromEntries(settingsOf(task)), prunable: false }],
});
