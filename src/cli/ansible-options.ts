/**
 * What stands in place of options of ansible, ansible-playbook and ansible-inventory that are written otherwise here,
 * by the way they are written there (ansible-core 2.18, `lib/ansible/cli/arguments/option_helpers.py`).
 */
const insteadOf: Readonly<Record<string, string>> = {
  '-i': 'the inventory is the first word after the command: syn-deploy COMMAND INVENTORY …',
  '-m': 'the module is the word after the inventory, and -l says on which hosts: syn-deploy run INVENTORY MODULE [ARG…] -l HOSTS',
  '-a': 'arguments are the words after the module: syn-deploy run INVENTORY MODULE [ARG…]',
  '-D': 'it is written --diff',
  '-T': 'it is written --timeout',
  '-c': 'ansible_connection in the inventory says how a host is reached',
  '-M': 'modules of your own are read from modules/ beside the playbook',
  '--syntax-check': 'that is a command: syn-deploy validate INVENTORY [PLAYBOOK…]',
  '--list-tasks': 'that is a command: syn-deploy list INVENTORY [PLAYBOOK…]',
  '--key-file': 'it is written --private-key',
  '--vault-pass-file': 'it is written --vault-password-file',
  '--become-user': 'become_user is said in the playbook, or with -e ansible_become_user=NAME',
  '--become-method': 'sudo is what is used',
  '--become-password-file': 'ansible_become_password is a variable, which may be encrypted; -K asks for it',
  '--connection-password-file': 'ansible_password is a variable, which may be encrypted; -k asks for it',
  '--ssh-common-args': 'it is read from ~/.ssh/config, or from ansible_ssh_common_args in the inventory',
  '--ssh-extra-args': 'it is read from ~/.ssh/config, or from ansible_ssh_extra_args in the inventory',
  '--force-handlers': 'a handler that was notified stays owed, and the next run makes it good',
  '--flush-cache': 'nothing is kept between runs: every run looks at its hosts',
  '--one-line': 'results for programs are written by -o json',
  '--step': 'syn-deploy check shows beforehand all that apply would do',
};

const sameAs: Readonly<Record<string, string>> = {
  '--inventory': '-i',
  '--inventory-file': '-i',
  '--module-name': '-m',
  '--args': '-a',
  '--connection': '-c',
  '--module-path': '-M',
  '--list-hosts': '--list-tasks',
  '--list-tags': '--list-tasks',
  '--become-pass-file': '--become-password-file',
  '--conn-pass-file': '--connection-password-file',
};

/**
 * What to write instead of an option that Ansible has and this command has not.
 *
 * @param name  `-i`, `--syntax-check`
 * @param command  that is run
 * @returns undefined for what Ansible does not have either
 */
export const insteadOfAnsibleOption = (name: string, command: string): string | undefined =>
  insteadOf[sameAs[name] ?? name]?.replace('COMMAND', command);
