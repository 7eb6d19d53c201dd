const ranges = 'the ranges are those of /etc/login.defs: give the number, or change them there';
const dumps = 'dumps and restores are for a command with creates';
const settings = 'set them with a shell task that runs psql (ALTER ROLE … SET), guarded by unless';
const flags = 'change flags of files with a command: chattr';

/** Parameters that Ansible documents and a module here does not have, and what to do instead. */
const ofModules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  git_config: { list_all: 'read the configuration with a command: git config --list' },
  group: { gid_min: ranges, gid_max: ranges },
  postgresql_db: {
    comment: 'write it with a shell task that runs psql (COMMENT ON DATABASE), guarded by unless',
    icu_locale: 'make such a database with a command that has creates, or unless',
    locale_provider: 'make such a database with a command that has creates, or unless',
    target_opts: dumps,
    dump_extra_args: dumps,
  },
  postgresql_user: {
    fail_on_user: 'a role that cannot be removed is a failure: use ignore_errors',
    fail_on_role: 'a role that cannot be removed is a failure: use ignore_errors',
    configuration: settings,
    reset_unspecified_configuration: settings,
    quote_configuration_values: settings,
    ssl_mode: 'log in by the socket of the server',
    ca_cert: 'log in by the socket of the server',
    ssl_rootcert: 'log in by the socket of the server',
  },
  user: {
    uid_min: ranges,
    uid_max: ranges,
  },
};

const ofFiles: Readonly<Record<string, string>> = { attributes: flags, attr: flags };

/** @param own  the module's parameters. @returns what to do instead of the parameter; undefined: nobody knows it */
export const whyRefused = (param: string, module: string, own: readonly string[]): string | undefined =>
  ofModules[module]?.[param] ?? (own.includes('mode') ? ofFiles[param] : undefined);
