/**
 * Modules that Ansible's users know by name and that are not here: said so, and not taken for a slip of the pen. What is to
 * be used instead, where there is something.
 *
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/index.html
 */
export const ansibleModules: ReadonlyMap<string, string | undefined> = new Map(
  Object.entries({
    add_host: undefined,
    apt_key: 'copy the key into /etc/apt/keyrings, and name it in a .sources file with signed-by',
    apt_repository: 'copy a file into /etc/apt/sources.list.d',
    async_status: undefined,
    deb822_repository: 'copy a .sources file into /etc/apt/sources.list.d',
    dnf: 'hosts are Debian',
    docker_container: undefined,
    expect: undefined,
    fetch: undefined,
    find: 'command: find …, with changed_when: false',
    firewalld: undefined,
    gather_facts: 'facts that are used are gathered by themselves',
    get_url: 'command: curl -o FILE URL, with creates',
    getent: 'command: getent …, with changed_when: false',
    git: 'command: git …, with creates or unless',
    group_by: undefined,
    include_vars: 'vars_files of the play, or vars/ of the role',
    mysql_db: undefined,
    mysql_user: undefined,
    package_facts: undefined,
    pause: undefined,
    ping: undefined,
    raw: 'shell: targets need nothing but sh',
    reboot: undefined,
    script: 'copy the script, then command',
    service_facts: undefined,
    setup: 'facts that are used are gathered by themselves',
    subversion: undefined,
    synchronize: 'copy with a folder as src',
    tempfile: undefined,
    unarchive: 'command: tar …, with creates',
    uri: 'command: curl …, with changed_when: false',
    validate_argument_spec: 'assert',
    wait_for_connection: undefined,
    xml: undefined,
    yum: 'hosts are Debian',
  }),
);
