import type { Suite } from '../../hosts/base-image.ts';

/** A public role, and how it is used here. */
export interface RoleCase {
  /** Name of its folder below SYN_DEPLOY_TEST_ROLES. */
  readonly role: string;
  /** Roles that its documentation wants before it. */
  readonly after?: readonly string[];
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Of the play. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Those that it runs on; default all. */
  readonly suites?: readonly Suite[];
  /** Its hosts are ones whose root may set up a firewall. */
  readonly firewall?: true;
  /** Paths that are not compared, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

const certificates = {
  '/etc/ssl': 'certificates and keys that a package makes for itself are other ones on each host',
};

const bans = { '/var/lib/fail2ban': 'the data of a running server' };

/** Roles that nobody here wrote, and that need no other source of packages than Debian's. */
export const corpus: readonly RoleCase[] = [
  { role: 'geerlingguy.redis', vars: { redis_port: 6380, redis_maxmemory: '64mb' } },
  {
    role: 'geerlingguy.nginx',
    vars: {
      nginx_remove_default_vhost: true,
      nginx_vhosts: [{ listen: '8081', server_name: 'example.org', root: '/var/www', index: 'index.html' }],
    },
  },
  {
    role: 'geerlingguy.postgresql',
    vars: {
      postgresql_databases: [{ name: 'example' }],
      postgresql_users: [{ name: 'jdoe', password: 'supersecure' }],
    },
    except: { '/var/lib/postgresql': 'the data of a running server', ...certificates },
  },
  {
    role: 'geerlingguy.ntp',
    vars: { ntp_timezone: 'Europe/Berlin', ntp_enabled: false },
    except: {
      '/etc/localtime':
        'timedatectl links by a relative path, we by an absolute one, as the package tzdata does',
      '/etc/timezone': 'timedatectl leaves the old zone in this file of Debian 12, we write the new one',
    },
  },
  {
    role: 'geerlingguy.haproxy',
    vars: {
      haproxy_backend_servers: [{ name: 'a', address: '127.0.0.1:9000' }],
      // Its own check has a header behind the version, which HAProxy 3 refuses.
      haproxy_backend_httpchk: 'HEAD /',
    },
  },
  { role: 'geerlingguy.memcached', vars: { memcached_memory_limit: 96 } },
  { role: 'geerlingguy.git' },
  { role: 'geerlingguy.security', vars: { security_sudoers_passwordless: ['admin'] }, except: bans },
  {
    role: 'geerlingguy.mysql',
    vars: {
      mysql_databases: [{ name: 'shop', encoding: 'utf8mb4', collation: 'utf8mb4_general_ci' }],
      mysql_users: [{ name: 'shop', password: 'supersecure', priv: 'shop.*:ALL' }],
    },
    except: { '/var/lib/mysql': 'the data of a running server' },
  },
  {
    role: 'geerlingguy.php',
    vars: {
      php_enable_webserver: false,
      php_enable_php_fpm: true,
      // Its own version and packages are those of Debian 12, and Debian 13 has no imap for PHP and no pcre3.
      php_default_version_debian:
        "{{ {'12': '8.2', '13': '8.4'}[ansible_facts.distribution_major_version] }}",
      php_packages: ['cli', 'common', 'fpm', 'apcu', 'curl', 'mbstring', 'opcache', 'xml'].map(
        (name) => `php{{ php_default_version_debian }}-${name}`,
      ),
    },
  },
  { role: 'geerlingguy.apache', except: certificates },
  // A whole JDK takes minutes, and shows no more.
  {
    role: 'geerlingguy.java',
    vars: { java_packages: ['default-jre-headless'] },
    except: { '/etc/ssl/certs/java/cacerts': 'it says when each certificate came in' },
  },
  { role: 'geerlingguy.pip' },
  {
    role: 'geerlingguy.postfix',
    vars: { postfix_inet_interfaces: '127.0.0.1' },
    except: {
      ...certificates,
      '/var/lib/postfix/master.lock': 'the number of a running process',
      '/var/spool/postfix/pid': 'numbers of running processes',
      '/etc/aliases.db': 'a Berkeley DB holds a number of its own, made of inode, process and time',
      '/var/spool/postfix/etc/hosts': "a copy of a file that has the host's address",
      '/var/spool/postfix/etc/ssl': certificates['/etc/ssl'],
    },
  },
  { role: 'geerlingguy.exim', vars: { exim_primary_hostname: 'mail.example.org' } },
  {
    role: 'geerlingguy.supervisor',
    after: ['geerlingguy.pip'],
    vars: {
      supervisor_user: 'root',
      supervisor_password: 'secret',
      // What Ansible finds by itself, python3.11, would stand in the first line of each program.
      ansible_python_interpreter: '/usr/bin/python3',
    },
    // Debian's pip wants to be told that it may install beside Debian's packages.
    environment: { PIP_BREAK_SYSTEM_PACKAGES: '1' },
    except: {
      '*/__pycache__': 'compiled Python holds the time of its source',
      '/supervisord.log': 'the log of a running server',
    },
  },
  {
    role: 'geerlingguy.samba',
    except: {
      '/var/lib/samba/private/secrets.tdb': 'it holds the SID of the host, which is drawn at random',
    },
  },
  // With something to export it starts the server of the kernel, which a container may not.
  { role: 'geerlingguy.nfs', vars: { nfs_exports: [] } },
  // The server's own address, `*`, is :: to it, and the test hosts have no IPv6. Debian 13 restarts it at once while it fails, five times
  // within ten seconds; whether the role's address comes before systemd refuses any more is a matter of luck, for Ansible and for us.
  { role: 'geerlingguy.munin-node', suites: ['bookworm'], vars: { munin_node_bind_host: '127.0.0.1' } },
  {
    role: 'geerlingguy.varnish',
    vars: { varnish_apt_use_packagecloud: false },
    except: { '/var/lib/varnish/varnishd': 'the working folder of a running server' },
  },
  // Bundler is a gem, and no archive of gems is reached.
  { role: 'geerlingguy.ruby', vars: { ruby_install_bundler: false } },
  {
    role: 'geerlingguy.certbot',
    after: ['robertdebock.cron'],
    vars: { certbot_auto_renew_user: 'root' },
    except: {
      '/var/spool/cron/crontabs/root': 'crontab notes above the jobs when they came, and from which file',
    },
  },
  { role: 'geerlingguy.firewall', firewall: true },
  { role: 'robertdebock.cron' },
  { role: 'robertdebock.fail2ban', except: bans },
  {
    role: 'robertdebock.users',
    vars: {
      users_groups: [{ name: 'staff2', gid: 2500 }],
      users: [{ name: 'jdoe', uid: 2501, groups: ['staff2'] }],
    },
  },
  {
    role: 'bertvv.bind',
    // Its named.conf includes named.conf.default-zones, which is not there on Debian 13: named-checkconf refuses it, by Ansible too.
    suites: ['bookworm'],
    vars: {
      // Servers since 9.18 refuse the option.
      bind_dnssec_enable: false,
      bind_zones: [
        {
          name: 'example.com',
          type: 'primary',
          primaries: ['127.0.0.1'],
          name_servers: ['ns1'],
          networks: ['192.0.2'],
          hosts: [{ name: 'ns1', ip: '192.0.2.1' }],
        },
      ],
    },
    except: { '/etc/bind/rndc.key': 'a key that the package makes for itself' },
  },
  {
    role: 'geerlingguy.clamav',
    // Without the signatures, which come from elsewhere, the servers do not run.
    vars: { clamav_daemon_state: 'stopped', clamav_freshclam_daemon_state: 'stopped' },
    except: { '/var/lib/clamav/freshclam.dat': 'freshclam draws an id for the host' },
  },
  // Not here: bertvv.mariadb, whose packages come from elsewhere;
  // devsec.nginx_hardening, which needs openssl_dhparam; jnv.unattended-upgrades, whose "include" Ansible took away with 2.16;
  // devsec.mysql_hardening, whose collection ansible.mysql Ansible 11 does not have; weareinteractive.htpasswd, which needs htpasswd;
  // geerlingguy.swap, which Ansible cannot set up in a container: the kernel's settings are read-only there.
  { role: 'oefenweb.apt' },
  { role: 'oefenweb.locales', vars: { locales_present: ['en_US.UTF-8', 'de_DE.UTF-8'] } },
  { role: 'oefenweb.sudoers', vars: { sudoers_sudoers_d_files: {} } },
  // Without a syslog there is no log of sshd that it could read.
  { role: 'oefenweb.fail2ban', vars: { fail2ban_services: [] }, except: bans },
  {
    role: 'oefenweb.postfix',
    vars: { postfix_root_alias: 'root@example.org' },
    except: {
      ...certificates,
      '/etc/aliases.db': 'Berkeley DB gives each file an id of its own',
      '/etc/sasldb2': 'Berkeley DB gives each file an id of its own',
      '/var/lib/postfix/master.lock': 'the number of a process',
      '/var/spool/postfix/pid': 'the number of a process',
      '/var/spool/postfix/etc/hosts': 'a copy of /etc/hosts, which has the address of the host',
    },
  },
  {
    role: 'oefenweb.haproxy',
    vars: {
      haproxy_use_ppa: false,
      // It writes a crontab, and Debian's package brings no cron.
      haproxy_install: ['cron'],
      // The default is the host's name in the inventory, which is another one for each twin.
      haproxy_letsencrypt_ssl_first_cert: 'example.org',
    },
  },
  {
    role: 'willshersystems.sshd',
    // A copy of the old file would have the time and the number of a process in its name.
    vars: { sshd_config: { PermitRootLogin: 'prohibit-password' }, sshd_backup: false },
  },
  { role: 'weareinteractive.sudo', vars: { sudo_users: [{ name: 'jdoe', nopasswd: true }] } },
  { role: 'weareinteractive.ufw', firewall: true, vars: { ufw_rules: [{ rule: 'allow', to_port: 22 }] } },
  { role: 'jdauphant.nginx', vars: { nginx_official_repo: false } },
  {
    role: 'DavidWittman.redis',
    vars: { redis_install_from_source: false, redis_service_name: 'redis', redis_as_service: true },
  },
  { role: 'devsec.os_hardening', vars: { os_auditd_enabled: false } },
  {
    role: 'devsec.ssh_hardening',
    vars: {
      ssh_permit_root_login: 'without-password',
      // pamd and openssh_keypair are not here.
      ssh_print_pam_motd: true,
      ssh_host_key_files: ['/etc/ssh/ssh_host_ed25519_key'],
    },
  },
];
