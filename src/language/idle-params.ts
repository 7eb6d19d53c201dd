import type { ModuleCall } from './module-call.ts';

const seLinux = 'hosts are Debian, without SELinux';
const debianOnly = 'hosts are Debian';
const toApt = 'package hands nothing on: use apt for it';

/** Parameters of Ansible's that have nothing to say here, and why: by the module, or by what stands on a file of any. */
const ofModules: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  service: {
    sleep: 'systemd waits for what has to be over',
    pattern: 'systemd knows what runs',
    arguments: 'systemd hands nothing on',
    args: 'systemd hands nothing on',
    runlevel: 'systemd has targets: see WantedBy of the unit',
    use: 'hosts have systemd',
  },
  gather_facts: { parallel: 'facts are gathered by one script' },
  user: {
    hidden: debianOnly,
    login_class: debianOnly,
    profile: debianOnly,
    authorization: debianOnly,
    role: debianOnly,
  },
  package: {
    allow_downgrade: toApt,
    enablerepo: toApt,
    disablerepo: toApt,
    update_cache: toApt,
    cache_valid_time: toApt,
  },
};

const ofFiles: Readonly<Record<string, string>> = {
  setype: seLinux,
  seuser: seLinux,
  serole: seLinux,
  selevel: seLinux,
  unsafe_writes: 'a file is replaced as a whole',
};

/** @returns why the parameter has no effect; undefined where the module has it, or nobody knows it */
export const whyIdle = (param: string, { name }: ModuleCall, own: readonly string[]): string | undefined =>
  ofModules[name]?.[param] ?? (own.includes('mode') ? ofFiles[param] : undefined);
