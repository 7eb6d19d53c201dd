/** The modules as the site groups them; test/docs/site.test.ts fails where one is in none. */
export const moduleGroups: Readonly<Record<string, readonly string[]>> = {
  Files: ['assemble', 'copy', 'file', 'slurp', 'stat', 'template'],
  'Lines and settings': [
    'blockinfile',
    'config_line',
    'git_config',
    'ini_file',
    'lineinfile',
    'replace',
    'yaml_file',
  ],
  Packages: ['alternatives', 'apt', 'debconf', 'dpkg_selections', 'package', 'pip'],
  Services: ['cron', 'cronvar', 'systemd', 'systemd_dropin', 'systemd_instances', 'systemd_unit', 'wait_for'],
  Accounts: ['authorized_key', 'group', 'known_hosts', 'pam_limits', 'sudoers', 'user'],
  System: ['hostname', 'locale_gen', 'modprobe', 'mount', 'sysctl', 'timezone'],
  Network: ['iptables', 'ufw'],
  Databases: ['postgresql_db', 'postgresql_user'],
  Commands: ['command', 'shell'],
  Control: ['assert', 'debug', 'fail', 'set_fact'],
};
