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
  'any_errors_fatal',
  'connection',
] as const;

/** Ansible's, known but not done yet, with what to do instead. Read before unknown keys are reported. */
export const sharedNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ['become_flags', undefined],
  ['become_exe', undefined],
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
  ['delegate_facts', undefined],
]);

export const loopForms = [
  'loop',
  'with_items',
  'with_list',
  'with_dict',
  'with_flattened',
  'with_sequence',
] as const;

/** Loops of Ansible that are not read, with what to write. */
export const loopsNotYet: ReadonlyMap<string, string | undefined> = new Map([
  ['with_indexed_items', 'use "loop" with "loop_control: { index_var: i }"'],
  ['with_nested', 'use "loop" with a list of pairs'],
  ['with_cartesian', 'use "loop" with a list of pairs'],
  ['with_together', 'use "loop" with "{{ a | zip(b) | list }}"'],
  ['with_subelements', 'use "loop" with a list of pairs'],
  ['with_fileglob', 'use "loop" with the names of the files'],
  ['with_filetree', 'use copy with a folder as its src'],
  ['with_first_found', undefined],
  ['with_random_choice', undefined],
  ['with_lines', undefined],
  ['with_ini', undefined],
  ['with_inventory_hostnames', undefined],
]);

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
  ...loopsNotYet,
  ['async', 'a command may take as long as it takes'],
  ['poll', 'a command may take as long as it takes'],
]);

/** Understood where a role is used; every other key is a parameter of the role. */
export const roleKeywords: ReadonlySet<string> = new Set([...shared, 'role', 'compat']);
