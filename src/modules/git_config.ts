import { z } from 'zod';
import { setGitSetting } from '../actions/set-git-setting.ts';
import { type GitScope, gitSetting } from '../facts/git-settings.ts';
import { program } from '../facts/programs.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';
import { needProgram } from './system/need-program.ts';

const params = z
  .strictObject({
    name: text()
      .refine((name) => /^[A-Za-z0-9-]+\.(?:.+\.)?[A-Za-z][A-Za-z0-9-]*$/s.test(name), {
        error: 'expected a setting such as user.email',
      })
      .describe('The setting: `user.email`.'),
    value: text().optional().describe('Its value. Required for `present`.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether it is to be set. `absent` takes all its values away.'),
    scope: z
      .enum(['system', 'global', 'local', 'file'], { error: 'expected system, global, local or file' })
      .default('system')
      .describe(
        'Where: of the host (/etc/gitconfig), of the account that the task acts as, of a repository, or a file.',
      ),
    repo: path().optional().describe('The repository. Required with scope local.'),
    file: path().optional().describe('The file. Required with scope file.'),
    add_mode: z
      .enum(['replace-all', 'add'], { error: 'expected replace-all or add' })
      .default('replace-all')
      .describe('`add`: other values of the setting stay.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.state === 'present' && !task.value) complain('value is required with state present', 'value');
    if (task.scope === 'local' && task.repo === undefined)
      complain('repo is required with scope local', 'repo');
    if (task.scope === 'file' && task.file === undefined)
      complain('file is required with scope file', 'file');
  });

type GitTask = z.infer<typeof params>;

const whereOf = ({ scope, repo, file }: GitTask): GitScope => ({
  scope,
  ...(scope === 'local' && { path: repo }),
  ...(scope === 'file' && { path: file }),
});

const keyOf = (task: GitTask, { identity }: TaskContext): FactKey<readonly string[]> =>
  gitSetting(task.name, whereOf(task), identity);

interface Wanted {
  readonly after: readonly string[];
  readonly words: readonly string[];
}

/** undefined: it is as wanted. */
const wantedOf = (
  { name, value = '', state, add_mode }: GitTask,
  before: readonly string[],
): Wanted | undefined => {
  if (state === 'absent')
    return before.length === 0 ? undefined : { after: [], words: ['--unset-all', name] };
  if (add_mode === 'add')
    return before.includes(value) ? undefined : { after: [...before, value], words: ['--add', name, value] };
  const isThere = before.length === 1 && before[0] === value;
  return isThere ? undefined : { after: [value], words: ['--replace-all', name, value] };
};

const plan = (task: GitTask, facts: Facts, context: TaskContext): TaskPlan => {
  needProgram(facts, 'git', 'git');
  const found = facts.get(keyOf(task, context));
  const before = found === absent ? [] : found;
  const wanted = wantedOf(task, before);
  if (wanted === undefined) return { actions: [], result: { msg: '' } };
  const { identity } = context;
  const action = setGitSetting({ name: task.name, where: whereOf(task), identity, before, ...wanted });
  return { actions: [action], result: { msg: 'setting changed' } };
};

/** Settings of git. */
export const gitConfig = defineModule({
  name: 'git_config',
  summary: 'Sets and removes settings of git.',
  examples: `
- git_config:
    name: core.editor
    value: vim
    scope: global
- name: Two addresses to fetch from
  git_config:
    name: url.https://git.example.org/.insteadOf
    value: "git@git.example.org:"
    add_mode: add
- git_config:
    name: color.ui
    value: auto
    scope: local
    repo: /srv/app
- git_config:
    name: alias.old
    scope: system
    state: absent
`,
  params,
  facts: (task, context) => [keyOf(task, context), program('git')],
  plan,
  claims: (task, context) =>
    task.state === 'absent'
      ? []
      : [{ key: keyOf(task, context), wanted: { value: task.value }, prunable: false }],
});
