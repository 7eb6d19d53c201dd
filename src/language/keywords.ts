import { lookupName, lookupNames } from '../template/lookup-plugins.ts';

/** Understood on plays, blocks, roles and tasks alike. */
const shared = [
  'name',
  'when',
  'tags',
  'become',
  'become_user',
  'become_method',
  'environment',
  'ignore_errors',
  'no_log',
  'check_mode',
  'diff',
  'vars',
  'collections',
  'delegate_to',
  'run_once',
] as const;

/** Ansible's, known but not done yet, with what to do instead. Read before unknown keys are reported. */
export const sharedNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ['become_flags', undefined],
  ['become_exe', undefined],
  ['connection', 'set ansible_connection in the inventory'],
  ['port', 'set ansible_port in the inventory'],
  ['remote_user', 'set ansible_user in the inventory'],
  ['module_defaults', 'write the parameters at the tasks'],
  ['ignore_unreachable', 'other hosts go on without the one that is not reached'],
  ['throttle', undefined],
  ['timeout', undefined],
  ['debugger', undefined],
]);

export const playKeywords: ReadonlySet<string> = new Set([
  ...shared.filter((key) => key !== 'when' && key !== 'delegate_to'),
  'hosts',
  'gather_facts',
  'gather_subset',
  'gather_timeout',
  'vars_files',
  'vars_prompt',
  'serial',
  'max_fail_percentage',
  'any_errors_fatal',
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

export const playNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ...sharedNotYet,
  ['force_handlers', 'a handler that was notified stays owed, and the next run makes it good'],
  ['fact_path', undefined],
]);

export const blockKeywords: ReadonlySet<string> = new Set([...shared, 'block', 'rescue', 'always']);

export const blockNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ...sharedNotYet,
  ['any_errors_fatal', 'set it on the play'],
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
]);

export const taskNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ...blockNotYet,
  ['async', 'a command may take as long as it takes'],
  ['poll', 'a command may take as long as it takes'],
]);

/** Understood where a role is used; every other key is a parameter of the role. */
export const roleKeywords: ReadonlySet<string> = new Set([...shared, 'role', 'compat']);
