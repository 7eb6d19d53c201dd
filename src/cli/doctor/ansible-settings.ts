/** What a setting of ansible.cfg comes to here. */
export interface SettingMeaning {
  /** `here`: has its own place; `needless`: nothing here would read it; `differs`: things go another way without it. */
  readonly fate: 'here' | 'needless' | 'differs';
  readonly instead: string;
}

const here = (instead: string): SettingMeaning => ({ fate: 'here', instead });
const needless = (instead: string): SettingMeaning => ({ fate: 'needless', instead });
const differs = (instead: string): SettingMeaning => ({ fate: 'differs', instead });

const noPython = needless('no Python is used on hosts');
const noCache = needless('facts that are used are gathered in each run, in the one look at the host');
const collectionsPath = here(
  'it is read for roles of collections; their Python is not: see the modules that are not here',
);
const outputForms = here('-o progress, plain, json, junit or html');

/**
 * Settings that are met in projects, by section and name. Of ansible.cfg only the places of roles are read here
 * (roles-path.ts): an inventory and a command line say all else that a run depends on.
 *
 * @see https://docs.ansible.com/ansible/latest/reference_appendices/config.html
 */
export const ansibleSettings: ReadonlyMap<string, SettingMeaning> = new Map(
  Object.entries({
    'defaults.inventory': here('name the inventory on the command line'),
    'defaults.hostfile': here('name the inventory on the command line'),
    'defaults.roles_path': here('it is read: roles are looked for there, after roles/ beside the playbook'),
    'defaults.remote_user': here('ansible_user in the inventory, or -u'),
    'defaults.remote_port': here('ansible_port in the inventory'),
    'defaults.private_key_file': here('ansible_ssh_private_key_file in the inventory, or --private-key'),
    'defaults.host_key_checking': differs(
      'host keys are always checked: "syn-deploy trust" shows and adds new ones, --accept-new-host-keys in passing',
    ),
    'defaults.forks': here('-f; 20 when nothing is said'),
    'defaults.timeout': here('--timeout'),
    'defaults.vault_password_file': here('--vault-password-file'),
    'defaults.vault_identity_list': here('--vault-id'),
    'defaults.ask_vault_pass': here('-J'),
    'defaults.ask_pass': here('-k'),
    'defaults.become': here('ansible_become in the inventory, or -b'),
    'defaults.stdout_callback': outputForms,
    'defaults.callback_result_format': outputForms,
    'defaults.callback_whitelist': differs('no callback plugins; -o has json, junit and html'),
    'defaults.callbacks_enabled': differs('no callback plugins; -o has json, junit and html'),
    'defaults.bin_ansible_callbacks': needless('"run" shows what "apply" does'),
    'defaults.display_skipped_hosts': needless('what is skipped is shown with -v only'),
    'defaults.display_ok_hosts': needless('what is as wanted is shown with -v only'),
    'defaults.any_errors_fatal': differs('any_errors_fatal at the play'),
    'defaults.retry_files_enabled': needless(
      'a run is simply started again: owed handlers are remembered by hosts',
    ),
    'defaults.retry_files_save_path': needless('there are no retry files'),
    'defaults.log_path': here('-o plain=FILE, and --history DIR'),
    'defaults.gathering': needless('facts that are used are gathered, all others are not'),
    'defaults.gather_subset': needless('facts that are used are gathered, all others are not'),
    'defaults.gather_timeout': needless('facts are part of the one look at the host'),
    'defaults.fact_caching': noCache,
    'defaults.fact_caching_connection': noCache,
    'defaults.fact_caching_timeout': noCache,
    'defaults.fact_caching_prefix': noCache,
    'defaults.hash_behaviour': differs(
      'with "merge" mappings of variables become one; here the stronger one stands alone: write a | combine(b, recursive=true)',
    ),
    'defaults.error_on_undefined_vars': differs(
      'an undefined variable is always an error: write | default(…)',
    ),
    'defaults.jinja2_extensions': differs('none is loaded; "do", "break" and "continue" are not known'),
    'defaults.jinja2_native': needless('a value that is one expression keeps its type'),
    'defaults.force_handlers': needless(
      'a handler that was notified stays owed, and the next run makes it good',
    ),
    'defaults.strategy': needless('hosts go side by side, each as fast as it can'),
    'defaults.strategy_plugins': differs('no strategy plugins; hosts go side by side as they are'),
    'defaults.poll_interval': needless('nothing is polled'),
    'defaults.internal_poll_interval': needless('nothing is polled'),
    'defaults.interpreter_python': noPython,
    'defaults.ansible_python_interpreter': noPython,
    'defaults.module_name': needless('"syn-deploy run" is told its module'),
    'defaults.module_compression': noPython,
    'defaults.remote_tmp': needless('scripts travel on standard input; nothing is left on hosts'),
    'defaults.local_tmp': needless('nothing is written here'),
    'defaults.executable': needless('hosts need nothing but sh'),
    'defaults.transport': here('ansible_connection in the inventory'),
    'defaults.allow_world_readable_tmpfiles': needless('nothing of a task is ever readable by others'),
    'defaults.ansible_managed': differs(
      '{{ ansible_managed }} is "Ansible managed"; set the variable for another text',
    ),
    'defaults.nocows': needless('no cows'),
    'defaults.nocolor': here('--no-color, or NO_COLOR'),
    'defaults.force_color': needless('colours are for terminals'),
    'defaults.deprecation_warnings': needless('there are none of those'),
    'defaults.command_warnings': needless('"validate" warns of commands that nothing guards'),
    'defaults.system_warnings': needless('there are none of those'),
    'defaults.localhost_warning': needless('there is no such warning'),
    'defaults.collections_path': collectionsPath,
    'defaults.collections_paths': collectionsPath,
    'defaults.enable_plugins': needless('inventories are told apart by what is in them'),
    'defaults.filter_plugins': differs('no filter plugins are read'),
    'defaults.lookup_plugins': differs('no lookup plugins are read'),
    'defaults.callback_plugins': differs('no callback plugins; -o has json, junit and html'),
    'defaults.action_plugins': differs('no action plugins: write a module in modules/ (docs/own-modules.md)'),
    'defaults.library': differs(
      'Python modules do not run: write a module in modules/ (docs/own-modules.md)',
    ),
    'defaults.playbook_dir': here('playbooks are named on the command line'),
    'defaults.no_log': differs('no_log at the task or play'),
    'defaults.diff_always': needless('what changes in files is shown; --no-diff leaves it out'),
    'diff.always': needless('what changes in files is shown; --no-diff leaves it out'),
    'diff.context': needless('differences are shown with what is around them'),
    'inventory.enable_plugins': needless('inventories are told apart by what is in them'),
    'inventory.unparsed_is_failed': needless('an inventory that cannot be read is always an error'),
    'inventory.cache': needless('programs that print inventories are run once in a run'),
    'privilege_escalation.become': here('ansible_become in the inventory, or -b'),
    'privilege_escalation.become_method': differs('sudo is what is used'),
    'privilege_escalation.become_user': here('ansible_become_user in the inventory'),
    'privilege_escalation.become_ask_pass': here('-K'),
    'ssh_connection.ssh_args': here(
      '~/.ssh/config is followed; else ansible_ssh_common_args in the inventory',
    ),
    'ssh_connection.ssh_common_args': here('ansible_ssh_common_args in the inventory'),
    'ssh_connection.ssh_extra_args': here('ansible_ssh_extra_args in the inventory'),
    'ssh_connection.pipelining': needless('all of a host goes through one channel, always'),
    'ssh_connection.control_path': needless('a host has one connection for all of a run'),
    'ssh_connection.control_path_dir': needless('a host has one connection for all of a run'),
    'ssh_connection.retries': here('--reconnect-timeout'),
    'ssh_connection.host_key_checking': differs(
      'host keys are always checked: "syn-deploy trust" adds new ones',
    ),
    'ssh_connection.scp_if_ssh': needless('files travel in the script itself'),
    'ssh_connection.transfer_method': needless('files travel in the script itself'),
    'ssh_connection.usetty': needless('no terminal is asked for'),
    'persistent_connection.connect_timeout': here('--timeout'),
  }),
);
