/**
 * Modules that Ansible's users know by name and that are not here: said so, and not taken for a slip of the pen. What is to
 * be used instead, where there is something.
 *
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/index.html
 */
export const ansibleModules: ReadonlyMap<string, string | undefined> = new Map(
  Object.entries({
    add_host: 'which hosts there are is decided before any is contacted: write them in the inventory',
    async_status:
      'a command takes as long as it takes: nothing is left running in the background to ask about',
    dnf: 'hosts are Debian',
    docker_container: undefined,
    expect: 'command or shell with stdin, an option of the program that asks nothing, or debconf',
    firewalld: undefined,
    group_by:
      'who is in which group is decided before any host is contacted: write the groups in the inventory, or use "when" on the tasks',
    mysql_db: undefined,
    mysql_user: undefined,
    subversion: undefined,
    synchronize: 'copy with a folder as src',
    xml: undefined,
    yum: 'hosts are Debian',
  }),
);
