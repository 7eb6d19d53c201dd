/** Examples that are refused: by module and title, what is said about them. */
export const refusedExamples: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ansible.builtin.apt_repository': {
    'Add nginx stable repository from PPA and install its signing key on Ubuntu target':
      'apt_repository: ppa: is for Ubuntu: name the archive and its key with deb822_repository',
    'Add nginx stable repository from PPA and install its signing key on Debian target':
      'apt_repository: ppa: is for Ubuntu: name the archive and its key with deb822_repository',
  },
  'ansible.builtin.blockinfile': {
    'Search with a multiline search flags regex and if found insert after':
      'path of blockinfile: expected an absolute path on the host (it starts with /); found "listener.ora"',
  },
  'ansible.builtin.import_playbook': {
    'This DOES NOT WORK': 'unknown module "ansible.builtin.import_playbook"',
  },
  'ansible.builtin.meta': {
    '#1': 'no handler is called "myhandler"',
  },
  'community.mysql.mysql_user': {
    "Create database user with password and all database privileges and 'WITH GRANT OPTION'":
      'session_vars of mysql_user: not supported: write it with a shell task that runs mariadb, guarded by unless',
    'Create locked user to act as a definer on procedures':
      'locked of mysql_user: not supported: write it with a shell task that runs mariadb, guarded by unless',
    "Create user 'bob' authenticated with plugin 'caching_sha2_password' and static salt":
      'plugin_auth_string of mysql_user: not supported: give plugin_hash_string, which can be compared; salt of mysql_user: not supported: give plugin_hash_string, which can be compared',
    "Limit bob's resources to 10 queries per hour and 5 connections per hour":
      'resource_limits of mysql_user: not supported: write it with a shell task that runs mariadb, guarded by unless',
    "Modify user attributes, creating the attribute 'foo' and removing the attribute 'bar'":
      'attributes of mysql_user: not supported: write it with a shell task that runs mariadb, guarded by unless',
  },
  'community.postgresql.postgresql_db': {
    'Create a new database with name "acme"':
      '"comment" of postgresql_db is not supported: write it with a shell task that runs psql (COMMENT ON DATABASE), guarded by unless',
    'Create a new database with name "acme" and specific encoding and locale':
      '"locale_provider" of postgresql_db is not supported: make such a database with a command that has creates, or unless; "icu_locale" of postgresql_db is not supported: make such a database with a command that has creates, or unless',
    'Dump an existing database to a file':
      'state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Dump an existing database to a file excluding the test table':
      '"dump_extra_args" of postgresql_db is not supported: dumps and restores are for a command with creates; state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Dump an existing database to a file (with compression)':
      'state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Dump a single schema for an existing database':
      '"target_opts" of postgresql_db is not supported: dumps and restores are for a command with creates; state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Dump only table1 and table2 from the acme database':
      '"target_opts" of postgresql_db is not supported: dumps and restores are for a command with creates; state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Dump an existing database using the directory format':
      'state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Dump an existing database using the custom format':
      'state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "dump"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
    'Restore database using the tar format':
      'state of postgresql_db: expected present or absent; dumps and restores are for a command with creates; found "restore"; target of postgresql_db: not supported: dumps and restores are for a command with creates',
  },
  'community.postgresql.postgresql_user': {
    'Connect to acme database, create django user, and grant access to database and products table':
      'priv of postgresql_user: not supported: grant privileges with a shell task that runs psql, guarded by unless',
    'Connect to acme database and remove test user privileges from there':
      '"fail_on_user" of postgresql_user is not supported: a role that cannot be removed is a failure: use ignore_errors; priv of postgresql_user: not supported: grant privileges with a shell task that runs psql, guarded by unless',
    'Connect to test database, remove test user from cluster':
      'priv of postgresql_user: not supported: grant privileges with a shell task that runs psql, guarded by unless',
    "Connect to acme database and set user's password with no expire date":
      'priv of postgresql_user: not supported: grant privileges with a shell task that runs psql, guarded by unless',
    'Create a user, grant SELECT on pg_catalog.pg_stat_database':
      'priv of postgresql_user: not supported: grant privileges with a shell task that runs psql, guarded by unless',
    'Create a user with config-parameter':
      '"configuration" of postgresql_user is not supported: set them with a shell task that runs psql (ALTER ROLE … SET), guarded by unless',
    'Clear all configuration that is not explicitly defined for user':
      '"configuration" of postgresql_user is not supported: set them with a shell task that runs psql (ALTER ROLE … SET), guarded by unless; "reset_unspecified_configuration" of postgresql_user is not supported: set them with a shell task that runs psql (ALTER ROLE … SET), guarded by unless',
    'Set search_path for user':
      '"quote_configuration_values" of postgresql_user is not supported: set them with a shell task that runs psql (ALTER ROLE … SET), guarded by unless; "configuration" of postgresql_user is not supported: set them with a shell task that runs psql (ALTER ROLE … SET), guarded by unless',
  },
  'ansible.builtin.setup': {
    '#3': '"delegate_facts" is not supported yet',
  },
  'ansible.builtin.systemd': {
    'Run a user service when XDG_RUNTIME_DIR is not set on remote login':
      'scope of systemd_service: only the system manager is supported: scope may be left out or "system"',
  },
  'ansible.builtin.systemd_service': {
    'Run a user service when XDG_RUNTIME_DIR is not set on remote login':
      'scope of systemd_service: only the system manager is supported: scope may be left out or "system"',
  },
  'ansible.builtin.validate_argument_spec': {
    "verify vars needed for next include and not from inside it, also with params i'll only define there":
      'a task without a module',
  },
};
