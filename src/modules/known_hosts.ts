import { posix } from 'node:path';
import { z } from 'zod';
import { account } from '../facts/accounts.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { ownHome } from '../facts/home-folders.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { linesOf, textAt } from './files/edit-file.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';
import { type HostKey, hashHost, namesHost, parseHostKey } from './ssh/known-hosts-lines.ts';

const params = z
  .strictObject({
    name: text()
      .transform((name) => name.trim().toLowerCase())
      .refine((name) => /^[^\s,]+$/.test(name), {
        error: 'expected one host: a name, an address, or [name]:port',
      })
      .describe('The host, as it stands in `key`; with a port other than 22 as `[name]:port`.'),
    key: text()
      .optional()
      .describe(
        'Lines as known_hosts has them: `name ssh-ed25519 AAAA…`. Required for `present`; for `absent` which go, default all.',
      ),
    path: text()
      .refine((value) => /^(?:\/|~\/)/.test(value), {
        error: 'expected an absolute path, or one that starts with ~/',
      })
      .default('~/.ssh/known_hosts')
      .describe('The file. Its folder must be there.'),
    hash_host: boolean().default(false).describe('Hide the name behind a hash.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether the host is known by that key.'),
  })
  .superRefine(({ name, key, state }, { addIssue }) => {
    const complain = (message: string) => addIssue({ code: 'custom', message, path: ['key'] });
    if (key === undefined) {
      if (state === 'present') complain('key is required with state present');
      return;
    }
    const keys = keysIn(key);
    if (keys.length === 0 || keys.some((one) => one === undefined))
      complain('expected lines such as "name ssh-ed25519 AAAA…", the name first');
    else if (keys.some((one) => one !== undefined && !namesHost(one, name)))
      complain(`expected keys of ${name}: the name of the line and the name of the task differ`);
  });

type KnownHostTask = z.infer<typeof params>;

/** undefined for a line that is neither key nor comment. */
const keysIn = (text: string): (HostKey | undefined)[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .map(parseHostKey);

const wantedKeys = ({ key = '' }: KnownHostTask): HostKey[] => keysIn(key).filter((one) => one !== undefined);

const render = ({ mark, hosts, type, blob }: HostKey): string =>
  `${[mark, hosts, type, blob].filter((part) => part !== '').join(' ')}\n`;

interface Line {
  readonly text: string;
  readonly key: HostKey | undefined;
}

const isHashed = (hosts: string): boolean => hosts.startsWith('|1|');

/** Whether the line says what is wanted. A hash of the name is the name, but only where one is wanted. */
const isWanted = (line: HostKey, wanted: HostKey, { hash_host }: KnownHostTask): boolean =>
  line.mark === wanted.mark &&
  line.type === wanted.type &&
  line.blob === wanted.blob &&
  (hash_host || isHashed(wanted.hosts) ? isHashed(line.hosts) : line.hosts === wanted.hosts);

/** One key a kind of key: another of the same kind is replaced, others stay. */
const put = (lines: readonly Line[], wanted: HostKey, task: KnownHostTask): Line[] => {
  const isOld = ({ key }: Line): boolean =>
    key !== undefined && key.mark === wanted.mark && key.type === wanted.type && namesHost(key, task.name);
  const old = lines.filter(isOld);
  if (old.some(({ key }) => key !== undefined && isWanted(key, wanted, task)) && old.length === 1)
    return [...lines];
  const hosts = task.hash_host && !isHashed(wanted.hosts) ? hashHost(task.name, wanted.blob) : wanted.hosts;
  const key = { ...wanted, hosts };
  return [...lines.filter((line) => !isOld(line)), { text: render(key), key }];
};

const drop = (lines: readonly Line[], task: KnownHostTask): Line[] => {
  const unwanted = wantedKeys(task);
  return lines.filter(({ key }) => {
    if (key === undefined || !namesHost(key, task.name)) return true;
    return unwanted.length > 0 && !unwanted.some(({ type, blob }) => type === key.type && blob === key.blob);
  });
};

const edit = (task: KnownHostTask, before: string): string => {
  const lines = linesOf(before).map((text) => ({
    text: text.endsWith('\n') ? text : `${text}\n`,
    key: parseHostKey(text),
  }));
  const after =
    task.state === 'absent'
      ? drop(lines, task)
      : wantedKeys(task).reduce<Line[]>((now, key) => put(now, key, task), lines);
  const isSame = after.length === lines.length && after.every((line, index) => line === lines[index]);
  return isSame ? before : after.map(({ text }) => text).join('');
};

/** Who the `~` is. */
const homeFact = ({ identity }: TaskContext): FactKey =>
  identity.user === undefined ? ownHome : account(identity.user);

/** Where it is as a rule: looked at beforehand, since a home folder is known only after a look. */
const usualHome = ({ identity: { user = 'root' } }: TaskContext): string =>
  user === 'root' ? '/root' : `/home/${user}`;

const homeOf = (facts: Facts, { identity }: TaskContext): string => {
  const found = identity.user === undefined ? facts.get(ownHome) : facts.get(account(identity.user));
  if (found === absent) throw new TaskFailure(`there is no user ${identity.user ?? ''} on the host`);
  return found.home;
};

const pathOf = (task: KnownHostTask, facts: Facts, context: TaskContext): string =>
  task.path.startsWith('~/') ? posix.join(homeOf(facts, context), task.path.slice(2)) : task.path;

const plan = (task: KnownHostTask, facts: Facts, context: TaskContext): TaskPlan => {
  const path = pathOf(task, facts, context);
  const place = resolvePlace(facts, path);
  const before = textAt(facts, place);
  const after = edit(task, before ?? '');
  const { name, key = null, hash_host, state } = task;
  return {
    actions: after === (before ?? '') ? [] : rewriteText(facts, place, after, context),
    result: {
      ...{ name, key, path, hash_host, state },
      // Ansible's has it whether a diff is asked for or not.
      diff: {
        before_header: before === undefined ? '/dev/null' : path,
        after_header: path,
        before: before ?? '',
        after,
      },
    },
  };
};

/** Keys by which hosts are known to ssh. */
export const knownHosts = defineModule({
  name: 'known_hosts',
  summary: 'Keeps the keys of hosts in known_hosts.',
  examples: `
- name: The git server is known
  known_hosts:
    name: git.example.org
    key: git.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6NM4Yl9kzCnpJzZ1bZ8BqlH4Vg0b8nS5rq5sYhtyB2
    path: /etc/ssh/ssh_known_hosts
- name: At another port
  known_hosts:
    name: "[backup.example.org]:2222"
    key: "{{ backup_host_key }}"
    hash_host: true
- known_hosts:
    name: gone.example.org
    state: absent
`,
  params,
  aliases: { host: 'name' },
  facts: (task, context) => {
    const at = task.path.startsWith('~/') ? posix.join(usualHome(context), task.path.slice(2)) : task.path;
    return [
      ...(task.path.startsWith('~/') ? [homeFact(context)] : []),
      ...[file(at), content(at), file(posix.dirname(at))],
    ];
  },
  plan,
  claims: (task) =>
    task.state === 'absent' || task.path.startsWith('~/')
      ? []
      : [{ key: file(task.path), wanted: { name: task.name, key: task.key }, prunable: false }],
});
