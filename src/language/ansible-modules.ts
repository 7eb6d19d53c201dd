/**
 * Modules that Ansible's users know by name and that are not here: said so, and not taken for a slip of the pen. What is to
 * be used instead, where there is something.
 *
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/index.html
 */
export const ansibleModules: ReadonlyMap<string, string | undefined> = new Map(
  Object.entries({
    dnf: 'hosts are Debian',
    docker_container: undefined,
    expect: 'command or shell with stdin, an option of the program that asks nothing, or debconf',
    firewalld: undefined,
    subversion: undefined,
    synchronize: 'copy with a folder as src',
    xml: undefined,
    yum: 'hosts are Debian',
  }),
);
