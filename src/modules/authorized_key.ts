import { posix } from 'node:path';
import { z } from 'zod';
import { makeDirectories } from '../actions/make-directory.ts';
import { setAttributes } from '../actions/set-attributes.ts';
import { type AccountFact, account } from '../facts/accounts.ts';
import { content } from '../facts/contents.ts';
import { download } from '../facts/downloads.ts';
import { file } from '../facts/files.ts';
import type { ProbeFact } from '../facts/probes.ts';
import type { Action } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { sha256 } from '../util/sha256.ts';
import { textAt } from './files/edit-file.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import { placeOf, resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';
import {
  dropKeys,
  type PublicKey,
  parseKey,
  parseKeyLines,
  parseOptions,
  putKeys,
  renderKeyLines,
} from './ssh/authorized-keys.ts';

const isUrl = (key: string): boolean => /^https?:\/\//.test(key);

/** Lines that are to be keys: all but comments and empty ones. */
const linesOfKeys = (key: string): string[] =>
  key
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

const params = z
  .strictObject({
    user: text().describe('Whose file it is.'),
    key: text().describe(
      'Public keys, one a line; or an https address that the host fetches them from, or `file:///path` on the host.',
    ),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether they may log in.'),
    exclusive: boolean()
      .default(false)
      .describe(
        'These keys and no others: every other line goes. With a loop only the last would be left: give all in one task.',
      ),
    key_options: text()
      .optional()
      .describe('Options before each key, in place of its own: `no-pty,from="192.0.2.0/24"`.'),
    comment: text()
      .refine((value) => !/[\n\r]/.test(value), { error: 'expected one line' })
      .optional()
      .describe('The comment after each key, in place of its own.'),
    path: path().optional().describe("The file, in place of the user's ~/.ssh/authorized_keys."),
    manage_dir: boolean()
      .default(true)
      .describe(
        'Make the folder of the file, and see to its owner and mode (0700). False for a folder that others use too.',
      ),
    follow: boolean().default(false).describe('Write what a link points to, instead of replacing the link.'),
    validate_certs: boolean()
      .default(true)
      .describe('False: take keys from an https server with any certificate.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (/[\n\r]/.test(task.key_options ?? '')) complain('expected one line', 'key_options');
    if (isUrl(task.key)) return;
    if (task.key.startsWith('file:') && !/^file:\/\/\//.test(task.key))
      complain('expected file:/// and a path on the host', 'key');
    if (task.key.startsWith('file:')) return;
    const strange = linesOfKeys(task.key).find((line) => parseKey(line) === undefined);
    if (strange !== undefined) complain(`this is no public key: ${strange.slice(0, 60)}`, 'key');
  });

type KeyTask = z.infer<typeof params>;

const fileOfKey = (task: KeyTask): string | undefined =>
  task.key.startsWith('file:') ? decodeURIComponent(task.key.slice('file://'.length)) : undefined;

const answerOf = (task: KeyTask, context: TaskContext): FactKey<ProbeFact> =>
  download(task.key, !task.validate_certs, context.identity);

const keyText = (task: KeyTask, facts: Facts, context: TaskContext): string => {
  const source = fileOfKey(task);
  if (source !== undefined) {
    const found = textAt(facts, resolvePlace(facts, source));
    if (found === undefined) throw new TaskFailure(`Path to a key file not found: ${source}`);
    return found;
  }
  if (!isUrl(task.key)) return task.key;
  const answer = facts.get(answerOf(task, context));
  if (answer === absent || answer.exitStatus !== 0)
    throw new TaskFailure(
      `the host could not get keys from ${task.key}${answer === absent ? '' : `: ${answer.stderr.trim()}`}`,
    );
  return answer.stdout;
};

const wantedKeys = (task: KeyTask, facts: Facts, context: TaskContext): PublicKey[] => {
  const lines = linesOfKeys(keyText(task, facts, context));
  const keys = lines.map((line) => {
    const key = parseKey(line);
    if (key === undefined) throw new TaskFailure(`invalid key specified: ${line.slice(0, 60)}`);
    return {
      ...key,
      ...(task.key_options !== undefined && { options: parseOptions(task.key_options) }),
      ...(task.comment !== undefined && { comment: task.comment }),
    };
  });
  if (keys.length === 0 && task.state === 'present')
    throw new TaskFailure(`there is no key in ${isUrl(task.key) ? task.key : 'key'}`);
  return keys;
};

/** Where it is as a rule: looked at beforehand, since a home folder is known only after a look. */
const usualPath = ({ user }: KeyTask): string =>
  `${user === 'root' ? '/root' : `/home/${user}`}/.ssh/authorized_keys`;

const pathOf = (task: KeyTask, owner: AccountFact): string =>
  task.path ?? posix.join(owner.home, '.ssh/authorized_keys');

/** Folder and file are the user's own, and nobody else can read them: sshd refuses keys that others could change. */
const planFolder = (
  task: KeyTask,
  at: string,
  owner: AccountFact,
  facts: Facts,
  context: TaskContext,
): Action[] => {
  const folder = posix.dirname(at);
  const { path: real, fact } = resolvePlace(facts, folder);
  const wanted = { owner: task.user, group: owner.group, mode: '0700' };
  if (fact === absent) return task.manage_dir ? [makeDirectories([folder], wanted, context.identity)] : [];
  return task.manage_dir && task.state === 'present' ? setAttributes(real, fact, wanted) : [];
};

const plan = (task: KeyTask, facts: Facts, context: TaskContext): TaskPlan => {
  const owner = facts.get(account(task.user));
  if (owner === absent)
    throw new TaskFailure(`there is no user ${task.user}; a task with user: name=${task.user} makes it`);
  const at = pathOf(task, owner);
  const result = {
    user: task.user,
    key: task.key,
    keyfile: at,
    state: task.state,
    exclusive: task.exclusive,
    key_options: task.key_options ?? null,
    comment: task.comment ?? null,
    path: task.path ?? null,
    manage_dir: task.manage_dir,
    follow: task.follow,
  };
  const place = task.follow ? resolvePlace(facts, at) : placeOf(facts, at);
  const before = textAt(facts, place);
  const keys = wantedKeys(task, facts, context);
  const lines = parseKeyLines(before ?? '');
  const after = renderKeyLines(
    task.state === 'present' ? putKeys(lines, keys, task.exclusive) : dropKeys(lines, keys),
  );
  const wanted = { owner: task.user, group: owner.group, mode: '0600' };
  if (task.state === 'absent' && (before === undefined || after === before)) return { actions: [], result };
  return {
    actions: planInSteps(facts, [
      (now) => planFolder(task, at, owner, now, context),
      (now) => rewriteText(now, place, after, context, wanted),
    ]),
    result,
  };
};

/** Keys that may log in. */
export const authorizedKey = defineModule({
  name: 'authorized_key',
  summary: 'Keeps public keys in the authorized_keys of an account.',
  examples: `
- name: The operator may log in
  authorized_key:
    user: deploy
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6NM4Yl9kzCnpJzZ1bZ8BqlH4Vg0b8nS5rq5sYhtyB2 operator@example.org
- name: These keys and no others
  authorized_key:
    user: deploy
    key: "{{ operator_keys | join('\\n') }}"
    exclusive: true
- name: Only from one network, and for one command
  authorized_key:
    user: backup
    key: "{{ lookup('file', 'backup.pub') }}"
    key_options: no-pty,from="192.0.2.0/24",command="/usr/local/bin/backup"
- name: A file outside the home folder
  authorized_key:
    user: deploy
    key: "{{ deploy_key }}"
    path: /etc/ssh/authorized_keys/deploy
    manage_dir: false
`,
  params,
  facts: (task, context) => {
    const at = task.path ?? usualPath(task);
    const source = fileOfKey(task);
    return [
      account(task.user),
      ...[at, posix.dirname(at)].map(file),
      content(at),
      ...(source === undefined ? [] : [file(source), content(source)]),
      ...(isUrl(task.key) ? [answerOf(task, context)] : []),
    ];
  },
  plan,
  claims: (task) =>
    task.state === 'absent' || task.path === undefined
      ? []
      : [{ key: file(task.path), wanted: { user: task.user, key: sha256(task.key) }, prunable: false }],
});
