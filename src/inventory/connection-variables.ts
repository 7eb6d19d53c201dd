import type { Problems } from '../language/problems.ts';
import type { Located } from '../model/located.ts';
import { nearestName } from '../util/nearest-name.ts';

/** Variables that say how a host is reached and as whom. @see connection.ts */
export const connectionVariables: readonly string[] = [
  'ansible_host',
  'ansible_ssh_host',
  'ansible_port',
  'ansible_ssh_port',
  'ansible_user',
  'ansible_ssh_user',
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ansible_ssh_private_key_file',
  'ansible_private_key_file',
  'ansible_ssh_private_key_passphrase',
  'ansible_connection',
  'ansible_timeout',
  'ansible_ssh_timeout',
  'ansible_become',
  'ansible_become_user',
  'ansible_become_method',
  'ansible_become_password',
  'ansible_become_pass',
  'ansible_sudo_user',
  'ansible_sudo_pass',
  'ansible_ssh_args',
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_group_priority',
];

const hostKeys = 'host keys are always checked; --accept-new-host-keys adds those of new hosts';

/** Ansible's own, which mean nothing here: there is no Python on hosts, and the login is made by a library. */
const withoutEffect: Readonly<Record<string, string | undefined>> = {
  ansible_python_interpreter: undefined,
  ansible_shell_type: undefined,
  ansible_shell_executable: undefined,
  ansible_pipelining: undefined,
  ansible_ssh_pipelining: undefined,
  ansible_remote_tmp: undefined,
  ansible_async_dir: undefined,
  ansible_control_path: undefined,
  ansible_control_path_dir: undefined,
  ansible_scp_executable: undefined,
  ansible_scp_if_ssh: undefined,
  ansible_sftp_batch_mode: undefined,
  ansible_sftp_executable: undefined,
  ansible_ssh_retries: undefined,
  ansible_ssh_transfer_method: undefined,
  ansible_ssh_use_tty: undefined,
  ansible_sshpass_prompt: undefined,
  ansible_ssh_executable: 'the login does not use the ssh program',
  ansible_sftp_extra_args: 'the login does not use the ssh program',
  ansible_scp_extra_args: 'the login does not use the ssh program',
  ansible_become_exe: 'sudo is found by the PATH of the host',
  ansible_become_flags: 'sudo is called with flags of its own',
  ansible_sudo_exe: 'sudo is found by the PATH of the host',
  ansible_sudo_flags: 'sudo is called with flags of its own',
  ansible_ssh_host_key_checking: hostKeys,
  ansible_host_key_checking: hostKeys,
};

/** What all the names begin with tells nothing of how near they are: `ansible_fqdn` is not a slip for `ansible_host`. */
const prefix = 'ansible_';

const all = [...connectionVariables, ...Object.keys(withoutEffect)].map((name) => name.slice(prefix.length));

/** Reports what was meant to be a connection variable and is none (`ansible_hots`), and those without effect here. */
export const checkConnectionVariables = (mapping: Located, problems: Problems): void => {
  const { value } = mapping;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const name of Object.keys(value)) {
    if (!name.startsWith(prefix) || connectionVariables.includes(name)) continue;
    const span = mapping.at([name], 'key');
    const reason = Object.hasOwn(withoutEffect, name) ? withoutEffect[name] : undefined;
    if (reason !== undefined)
      problems.warning('variable-without-effect', `"${name}" has no effect: ${reason}`, span);
    if (Object.hasOwn(withoutEffect, name)) continue;
    const near = nearestName(name.slice(prefix.length), all);
    if (near === undefined) continue;
    problems.error('unknown-connection-variable', `unknown connection variable "${name}"`, span, {
      hint: `did you mean "${prefix}${near}"?`,
    });
  }
};
