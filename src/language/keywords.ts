import { lookupName, lookupNames } from '../template/lookup-plugins.ts';

/** Understood on plays, blocks, roles and tasks alike. */
const shared = [
  'name',
  'when',
  'tags',
  'become',
  'become_user',
  'become_method',
  'remote_user',
  'environment',
  'ignore_errors',
  'no_log',
  'check_mode',
  'diff',
  'vars',
  'collections',
  'delegate_to',
  'run_once',
  'any_errors_fatal',
  'throttle',
  'module_defaults',
  'connection',
] as const;

/** Ansible's, known but not done, with what to do instead. Read before unknown keys are reported. */
export const sharedNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ['become_exe', 'sudo is what is used'],
  ['port', 'set ansible_port in the inventory'],
]);

/** Ansible's that have nothing to say here, and why; taken with a warning. */
export const sharedIdle: ReadonlyMap<string, string | undefined> = new Map([
  ['become_flags', 'sudo is called with what it needs'],
  ['ignore_unreachable', 'other hosts go on without the one that is not reached'],
  ['timeout', 'a command may take as long as it takes; --timeout is for the connection'],
  ['debugger', 'what failed is shown, and the next run goes on from there'],
]);

export const playKeywords: ReadonlySet<string> = new Set([
  'port',
  ...shared.filter((key) => key !== 'when' && key !== 'delegate_to'),
  'hosts',
  'gather_facts',
  'gather_subset',
  'gather_timeout',
  'vars_files',
  'vars_prompt',
  'serial',
  'max_fail_percentage',
  'order',
  'strategy',
  'pre_tasks',
  'roles',
  'tasks',
  'post_tasks',
  'handlers',
  'prune',
  'compat',
]);

export const playNotYet: ReadonlyMap<string, string | undefined> = new Map(
  [...sharedNotYet].filter(([key]) => key !== 'port'),
);

export const playIdle: ReadonlyMap<string, string | undefined> = new Map([
  ...sharedIdle,
  ['force_handlers', 'a handler that was notified stays owed, and the next run makes it good'],
  ['fact_path', "facts of one's own are not read"],
]);

export const blockKeywords: ReadonlySet<string> = new Set([...shared, 'notify', 'block', 'rescue', 'always']);

export const blockIdle: ReadonlyMap<string, string | undefined> = new Map([...sharedIdle]);

export const blockNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ...sharedNotYet,
  ['delegate_facts', undefined],
]);

/** `loop`, and `with_NAME` for every lookup. */
export const loopForms: readonly string[] = ['loop', ...lookupNames.map((name) => `with_${name}`)];

/** The lookup of a key such as `with_items` or `with_community.general.flattened`; undefined for other keys. */
export const lookupOfKey = (key: string): string | undefined => {
  const name = /^with_(.+)$/.exec(key)?.[1];
  return name === undefined ? undefined : lookupName(name);
};

export const isLoopForm = (key: string): boolean => {
  const name = lookupOfKey(key);
  return key === 'loop' || (name !== undefined && lookupNames.includes(name));
};

/** Everything that is no module in a task. */
export const taskKeywords: ReadonlySet<string> = new Set([
  ...shared,
  ...loopForms,
  'loop_control',
  'register',
  'notify',
  'listen',
  'changed_when',
  'failed_when',
  'until',
  'retries',
  'delay',
  'args',
  'action',
  'local_action',
  'prune',
  'async',
  'poll',
]);

export const taskNotYet: ReadonlyMap<string, string | undefined> = new Map([...blockNotYet]);

/** Understood where a role is used; every other key is a parameter of the role. */
export const roleKeywords: ReadonlySet<string> = new Set([...shared, 'role', 'compat']);
