import { expect, test } from 'vitest';
import { startHost, type TestHost } from '../hosts/host.ts';
import { startPrivateNetwork } from '../hosts/private-network.ts';
import { failuresOf, nameOf, synDeploy, tasksThat } from './support/syn-deploy.ts';

const folder = 'test/containers/modules-sys';

/**
 * What Docker keeps from a host: it may not write to /proc/sys, and /etc/hostname is a mount. NOTE: kernel modules cannot be loaded in
 * a container, nor disks mounted; `modprobe` and those states of `mount` have cases only.
 */
const lift = (host: TestHost): Promise<string> =>
  host.run('mount -o remount,rw /proc/sys; umount /etc/hostname');

/** By hand, as somebody would at night: what changes, and the tasks that must notice. */
const drifts: readonly (readonly [task: string, command: string])[] = [
  ['Crontab of admin', 'crontab -u admin -l | sed s/^#@reboot/@reboot/ | crontab -u admin -'],
  ['Cron file', 'echo "@daily root /bin/false" >/etc/cron.d/backup'],
  ['Cron file variable', ':'],
  ['Setting two', 'sysctl -q -w net.ipv4.conf.all.rp_filter=0'],
  ['Host name', 'hostname other'],
  ['Zone', 'ln -sfn ../usr/share/zoneinfo/Europe/Rome /etc/localtime'],
  ['Locales', 'sed -i "s/^de_CH/# de_CH/" /etc/locale.gen'],
  ['A user', 'chage -M 99999 deploy'],
  [
    'Keys of the user',
    'chmod 0777 /home/deploy/.ssh; echo ssh-rsa AAAA evil >>/home/deploy/.ssh/authorized_keys',
  ],
  ['Known', 'sed -i s/sYhtyB2/sYhtyB9/ /etc/ssh/ssh_known_hosts'],
  ['Mount', 'umount /srv/scratch'],
  ['Ini two', 'sed -i "/b = y/d" /etc/app/app.ini'],
  ['Limit', 'sed -i s/65536/1024/ /etc/security/limits.conf'],
  ['Sudo', 'chmod 0640 /etc/sudoers.d/deploy'],
  ['Whole', 'echo more >>/etc/app.conf'],
  ['Hold', 'apt-mark unhold cron'],
  ['Git', 'git config --global user.email else@example.org'],
  [
    'Rule',
    'iptables -D INPUT -p tcp -m multiport --dports 80,443 -m conntrack --ctstate NEW -m comment --comment "the web" -j ACCEPT',
  ],
  ['web', 'ufw delete allow from 10.0.0.0/8 to any port 443,80 proto tcp'],
  ['on', 'ufw logging high'],
];

test("the system's own: applied, proved, left alone, repaired and taken away", async () => {
  await using network = await startPrivateNetwork();
  await using host = await startHost({ suite: 'bookworm', network: network.name });
  await lift(host);
  const job = { hosts: [host], group: 'web', playbook: `${folder}/playbook.yaml` };

  // The programs come with the first task, so what needs them is unknown, and nothing has failed.
  const audit = await synDeploy('check', job);
  expect(tasksThat('failed', audit), failuresOf(audit)).toEqual([]);
  expect(audit.exitStatus).toBe(8);

  const first = await synDeploy('apply', job);
  expect(first.exitStatus, failuresOf(first)).toBe(0);
  expect(first.host).toMatchObject({ status: 'changed', proved: true });
  expect(tasksThat('ok', first)).toEqual([]);

  const second = await synDeploy('apply', job);
  expect(tasksThat('changed', second)).toEqual([]);
  expect(second.host).toMatchObject({ status: 'ok', proved: true, execs: 1 });
  expect((await synDeploy('check', job)).exitStatus).toBe(0);

  expect(await host.run('crontab -l')).toContain('#Ansible: check dirs\n0 5,2 * * * ls -alh > /dev/null');
  expect(await host.run('ssh-keygen -F git.example.org -f /etc/ssh/ssh_known_hosts')).toContain('found');
  const key = '/home/deploy/.ssh/id_ed25519';
  expect(await host.run(`ssh-keygen -y -P "it's \\$HOME" -f ${key}`)).toContain('ssh-ed25519');
  expect(await host.run(`stat -c '%U %a' ${key} ${key}.pub`)).toContain('deploy 600\ndeploy 644');
  expect(await host.run('visudo -c')).toContain('/etc/sudoers.d/deploy: parsed OK');
  expect(await host.run('ufw status')).toMatch(/80,443\/tcp +ALLOW +10\.0\.0\.0\/8 +# web/);

  await host.run(drifts.map(([, command]) => command).join('\n'));
  const found = await synDeploy('check', job);
  expect(found.exitStatus).toBe(8);
  expect(tasksThat('drift', found)).toEqual(
    found.host.tasks.map(nameOf).filter((name) => drifts.some(([task]) => task === name)),
  );
  const repair = await synDeploy('apply', job);
  expect(repair.exitStatus, failuresOf(repair)).toBe(0);
  expect(tasksThat('changed', repair)).toEqual(tasksThat('drift', found));

  const removal = { ...job, playbook: `${folder}/removal.yaml` };
  const removed = await synDeploy('apply', removal);
  expect(removed.exitStatus, failuresOf(removed)).toBe(0);
  const left = await synDeploy('apply', removal);
  expect(left.host, failuresOf(left)).toMatchObject({ status: 'ok', proved: true, execs: 1 });
});
