import { z } from 'zod';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { attributeParams } from './files/attribute-params.ts';
import { textAt } from './files/edit-file.ts';
import { editIni, type IniCondition, type IniEdit } from './files/edit-ini.ts';
import { planWithBackup } from './files/install-content.ts';
import { foldersAbove, makeMissingFolders } from './files/plan-directory.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import { placeOf, resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

const oneLine = () => text().refine((value) => /^[^\n\r\0]*$/.test(value), { error: 'expected one line' });

const values = () =>
  z.union([z.array(oneLine()), oneLine().transform((value) => [value])], {
    error: 'expected a list of texts',
  });

const condition = z
  .strictObject({
    option: oneLine().describe('The section holds this option.'),
    value: oneLine().optional().describe('With this value.'),
    values: values().optional().describe('With one of these values.'),
  })
  .superRefine((given, { addIssue }) => {
    if (given.value !== undefined && given.values !== undefined)
      addIssue({ code: 'custom', message: 'value and values exclude each other', path: ['values'] });
  });

const params = z
  .strictObject({
    path: path().describe('The file.'),
    section: oneLine().optional().describe('The section. Without it: the lines before the first.'),
    section_has_values: z
      .array(condition)
      .optional()
      .describe('Of several sections of that name the first that holds these; a new one gets them.'),
    option: oneLine().optional().describe('The option. Without it the section as a whole is meant.'),
    value: oneLine().optional().describe('Its value.'),
    values: values().optional().describe('Several values, a line each.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether it is to be there.'),
    exclusive: boolean()
      .default(true)
      .describe(
        'These values and no others of the option. False: other lines of the option stay; with `absent` only those with these values go.',
      ),
    no_extra_spaces: boolean().default(false).describe('`a=b`, not `a = b`.'),
    ignore_spaces: boolean()
      .default(false)
      .describe('A line that differs by blanks around the sign only stays as it is.'),
    create: boolean()
      .default(true)
      .describe('Make the file, and the folders above it. False: fail where it is not there.'),
    allow_no_value: boolean()
      .default(false)
      .describe('The option may stand alone, without a sign and a value.'),
    modify_inactive_option: boolean()
      .default(true)
      .describe('A line of the option that is a comment is taken for it. False: comments stay.'),
    follow: boolean().default(false).describe('Write what a link points to, instead of replacing the link.'),
    ...attributeParams,
    backup: boolean().default(false).describe('Keep the old file beside it, its name with a time.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    const isGiven = task.value !== undefined || (task.values?.length ?? 0) > 0;
    if (task.value !== undefined && task.values !== undefined)
      complain('value and values exclude each other', 'values');
    if (task.state === 'present' && !task.allow_no_value && !isGiven)
      complain('value or values is required with state present, unless allow_no_value is true', 'value');
    if (task.state === 'absent' && !task.section && task.option === undefined)
      complain('section or option is required with state absent', 'section');
  });

type IniTask = z.infer<typeof params>;

const editOf = (task: IniTask): IniEdit => ({
  section: task.section === '' ? undefined : task.section,
  conditions: (task.section_has_values ?? []).map(
    ({ option, value, values: list }): IniCondition => ({
      option,
      values: value === undefined ? (list ?? []) : [value],
    }),
  ),
  option: task.option,
  values: [...new Set(task.value === undefined ? (task.values ?? []) : [task.value])],
  isPresent: task.state === 'present',
  exclusive: task.exclusive,
  noExtraSpaces: task.no_extra_spaces,
  ignoreSpaces: task.ignore_spaces,
  allowNoValue: task.allow_no_value,
  modifyInactive: task.modify_inactive_option,
});

const plan = (task: IniTask, facts: Facts, context: TaskContext): TaskPlan => {
  const place = task.follow ? resolvePlace(facts, task.path) : placeOf(facts, task.path);
  const before = textAt(facts, place);
  if (before === undefined && !task.create)
    throw new TaskFailure(`Destination ${task.path} does not exist!`, { rc: 257 });
  const { text: after, msg } = editIni(editOf(task), before ?? '');
  const result = { path: task.path, msg };
  if (before === undefined && task.state === 'absent') return { actions: [], result };
  const isLink = place.fact !== absent && place.fact.type === 'link';
  if (isLink && after === before) return { actions: [], result };
  const actions: Action[] = planInSteps(facts, [
    (now) =>
      place.fact === absent
        ? makeMissingFolders(now, place.path.replace(/\/[^/]*$/, '') || '/', {}, context.identity)
        : [],
    (now) => rewriteText(now, place, after, context, task),
  ]);
  return planWithBackup(actions, result);
};

/** Options of INI files. */
export const iniFile = defineModule({
  name: 'ini_file',
  summary: 'Sets and removes options in an INI file.',
  examples: `
- ini_file:
    path: /etc/mysql/conf.d/tuning.cnf
    section: mysqld
    option: max_connections
    value: "200"
    mode: "0644"
- name: Several lines of one option
  ini_file:
    path: /etc/systemd/resolved.conf
    section: Resolve
    option: DNS
    values:
      - 192.0.2.1
      - 192.0.2.2
    no_extra_spaces: true
- name: The right one of several sections
  ini_file:
    path: /etc/wireguard/wg0.conf
    section: Peer
    section_has_values:
      - option: PublicKey
        value: "{{ peer_key }}"
    option: AllowedIPs
    value: 192.0.2.7/32
- ini_file:
    path: /etc/app.ini
    section: old
    state: absent
`,
  params,
  aliases: { dest: 'path' },
  modes: ['mode'],
  facts: (task) => [
    file(task.path),
    content(task.path),
    ...(task.create && task.state === 'present' ? foldersAbove(task.path).map(file) : []),
  ],
  plan,
  claims: (task) =>
    task.state === 'absent'
      ? []
      : [
          {
            key: file(task.path),
            wanted: { section: task.section, option: task.option, values: editOf(task).values },
            prunable: false,
          },
        ],
});
