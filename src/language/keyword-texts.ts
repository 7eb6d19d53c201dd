/** What a keyword does, in a sentence or two, for editors and for the reference. */
export type KeywordTexts = Readonly<Record<string, string>>;

/** Keywords of tasks, blocks, plays and uses of roles. */
export const keywordTexts: KeywordTexts = {
  action: 'The module and its parameters in another form: "apt name=htop", or a mapping with "module".',
  always: 'Tasks that run after those of the block, however these ended.',
  any_errors_fatal: 'The first host that fails ends the play for all hosts.',
  throttle: 'How many hosts may do it at a time; what goes out together with it waits as well.',
  args: 'Parameters of the module besides those that stand in its text.',
  async: 'How long the task may take, in seconds. It is waited for, unless "poll" is 0.',
  become: 'Become another account on the host with sudo: root, or that of "become_user".',
  become_method: 'How to become another account: sudo.',
  become_user: 'The account to become; root when nothing is said.',
  block: 'Tasks that share the keywords beside them.',
  changed_when:
    'When the task counts as changed. false says that a command only looks: it may run whenever the host is looked at.',
  check_mode: 'true plans the task only; false lets it run in check mode too.',
  collections: "Ansible's search path for modules; it is read, and changes nothing.",
  compat:
    '"truthy" reads conditions as Python does: what is not empty is true. Random values need no seed, and are others in each run. Paths on the host may be relative: they begin in the home of who logs in, with localhost at the playbook.',
  connection: '"local" runs the tasks on the machine that runs syn-deploy.',
  delay: 'Seconds between two tries of "until"; 5 when nothing is said.',
  delegate_to: 'The host that the task acts on in place of its own.',
  diff: 'false shows no contents of files in what the task changes.',
  environment: 'Variables of the environment of what the task runs.',
  failed_when: 'When the task counts as failed, in place of what its module or its exit status says.',
  gather_facts:
    'false gathers no facts, even where they are used. Facts that nobody uses are never gathered.',
  gather_subset: 'Which facts to gather; only those that are used are.',
  gather_timeout: 'Seconds for gathering; facts are part of the one look at the host.',
  handlers: 'Tasks that run once, at the end of a section, when a task that has changed notifies them.',
  hosts: 'The hosts of the play: names, groups and patterns such as "web:&eu:!old".',
  ignore_errors: 'Go on with the next task when this one fails.',
  listen: 'Topics that notify this handler too, besides its name.',
  local_action: 'The module and its parameters, on the machine that runs syn-deploy.',
  loop: 'A list: the task runs once for each item, which is the variable "item".',
  loop_control: 'Names of the variables of the loop, what is shown of an item, and a pause between two.',
  max_fail_percentage: 'The play ends for all hosts once more than this share of them has failed.',
  module_defaults: 'Parameters that tasks of a module have where they do not say others.',
  name: 'What it is called in reports. Handlers are notified by it, --start-at-task finds tasks by it.',
  no_log: 'Show nothing of what the task is given, changes and prints.',
  notify: 'Handlers that are to run when this task has changed something.',
  order: 'The order of hosts, which are worked on side by side.',
  poll: 'With 0 the command of an "async" task is left running, for async_status to ask about; other numbers change nothing.',
  port: 'The port that sshd of the hosts listens on, where ansible_port does not say.',
  post_tasks: 'Tasks after those of the play, when their handlers have run.',
  pre_tasks: 'Tasks before the roles; their handlers run before the roles do.',
  prune: 'Take away what an earlier run made and nobody declares any more.',
  register: 'The variable that keeps the result of the task.',
  rescue: 'Tasks that run when one of the block has failed.',
  remote_user:
    'Who logs in to the hosts of a play, where ansible_user does not say. Of a role, block or task it must be who logs in anyhow.',
  retries: 'How often to try again until "until" is true; 3 when nothing is said.',
  role: 'The role: a folder in roles/ beside the playbook. Keys that are no keywords are parameters of it.',
  roles: 'Roles of the play; they run before its tasks.',
  run_once: 'The task runs on one host of the play only.',
  serial: 'How many hosts of the play go at a time.',
  strategy: 'How hosts of a play wait for one another; they go side by side whatever it says.',
  tags: 'Names to choose tasks by, with --tags and --skip-tags; "always" and "never" are special.',
  tasks: 'What is wanted of the hosts, in order.',
  until: 'Do it again until this is true.',
  vars: 'Variables of what is below.',
  vars_files: 'Files of variables; of a list in the list, the first that is there.',
  vars_prompt: 'Variables that whoever starts the run is asked for.',
  when: 'The condition under which it runs: an expression that is true or false; all of a list must be true.',
  with_cartesian: 'A loop over all combinations of items of several lists.',
  with_csvfile: 'A loop over what the lookup "csvfile" finds.',
  with_dict: 'A mapping: the task runs once for each pair, with item.key and item.value.',
  with_env: 'A loop over variables of the environment of syn-deploy.',
  with_file: 'A loop over the contents of files of the project.',
  with_fileglob: 'A loop over the files of the project that a pattern matches.',
  with_filetree: 'A loop over all files below a folder of the project.',
  with_first_found: 'The first of several files that is there.',
  with_flattened: 'Lists, made into one: the task runs once for each item.',
  with_indexed_items: 'A loop over pairs of a number and an item.',
  with_ini: 'A loop over what the lookup "ini" finds.',
  with_inventory_hostnames: 'A loop over the hosts that a pattern means.',
  with_items: 'A list, and lists in it: the task runs once for each item.',
  with_lines: 'A loop over the lines that a command prints on this machine.',
  with_list: 'A list as it is: the task runs once for each item.',
  with_nested: 'A loop over all combinations of items of several lists.',
  with_password: 'A loop over passwords that are kept in files of the project.',
  with_pipe: 'A loop over what commands print on this machine.',
  with_random_choice: 'One item of a list, by chance.',
  with_sequence: 'Numbers, such as "start=1 end=4 format=web%02d": the task runs once for each.',
  with_subelements: 'A loop over pairs of an item and a part of a list in it.',
  with_template: 'A loop over templates of the project, rendered.',
  with_together: 'A loop over several lists side by side.',
  with_unvault: 'A loop over the contents of encrypted files of the project.',
  with_varnames: 'A loop over the names of variables that a regular expression matches.',
  with_vars: 'A loop over the values of variables, by their names.',
};

/** Keys of tasks that shape the list of tasks, and are no modules. */
export const structuralTexts: KeywordTexts = {
  import_playbook: 'The plays of another playbook, in the place of this one.',
  import_role: 'The tasks of a role, in the place of this one; read before anything runs.',
  import_tasks: 'The tasks of a file, in the place of this one; read before anything runs.',
  include_role: 'The tasks of a role, in the place of this one; its variables are seen by them alone.',
  include_tasks:
    'The tasks of a file, in the place of this one; the name may hang on the host, and it may loop.',
  meta: 'flush_handlers runs handlers that were notified; end_play and end_host leave out what follows.',
};

/** Keys of `loop_control`. */
export const loopControlTexts: KeywordTexts = {
  loop_var: 'The variable that is the item; "item" when nothing is said.',
  index_var: 'The variable that counts the items from 0.',
  label: 'What reports show of an item.',
  pause: 'Seconds between two items.',
  break_when: 'A condition, asked after each item: the first that it holds for is the last.',
};

/** Keys of an entry of `vars_prompt`. */
export const promptTexts: KeywordTexts = {
  name: 'The variable that is the answer.',
  prompt: 'The question.',
  default: 'The answer when nothing is typed.',
  private: 'false shows what is typed.',
  confirm: 'Ask twice.',
  unsafe: 'Braces in the answer are text and no template.',
};

/** Parameters of `include_role` and `import_role`. */
export const includeRoleTexts: KeywordTexts = {
  name: 'The role: a folder in roles/ beside the playbook.',
  role: 'Another name of "name".',
  tasks_from: 'The file in tasks/; "main" when nothing is said.',
  vars_from: 'The file in vars/; "main" when nothing is said.',
  defaults_from: 'The file in defaults/; "main" when nothing is said.',
  handlers_from: 'The file in handlers/; "main" when nothing is said.',
  allow_duplicates: 'false leaves the role out where it has run already with the same variables.',
  public: 'Whether the tasks that follow see the variables of the role.',
  apply: 'Keywords for the tasks of the role.',
  rolespec_validate: 'It is read, and changes nothing.',
};

/** Parameters of `include_tasks` and `import_tasks`. */
export const includeTasksTexts: KeywordTexts = {
  file: 'The file: beside this one, in tasks/ of the role, or beside the playbook.',
  apply: 'Keywords for the tasks of the file.',
};
