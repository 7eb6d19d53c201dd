import { describe, expect, test } from 'vitest';
import { suites } from '../hosts/base-image.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { runTask } from './support/run-task.ts';

const unitFile = {
  name: 'app',
  sections: {
    Unit: { Description: `it's "$HOME" 100%%` },
    Service: { ExecStart: '/bin/sleep inf', ExecReload: '/bin/true' },
    Install: { WantedBy: 'multi-user.target' },
  },
};

const done = (...changes: string[]) => ({ changes, failure: undefined, left: [] });
const app = { name: 'app', state: 'started', enabled: true, restart_after: '/etc/app/conf' };

const prepare = async (host: TestHost): Promise<void> => {
  await host.run('mkdir /etc/app && touch /etc/app/conf');
  await runTask(host, 'systemd_unit', unitFile);
  await runTask(host, 'systemd', app);
};

describe.each(suites)('systemd on %s', (suite) => {
  test('a unit is written, started, and left alone the second time', async () => {
    await using host = await startHost({ suite });
    await host.run('mkdir /etc/app && touch /etc/app/conf');
    expect(await runTask(host, 'systemd_unit', unitFile)).toEqual(
      done('create /etc/systemd/system/app.service'),
    );
    expect(await runTask(host, 'systemd', app)).toEqual(done('enable app.service', 'start app.service'));
    expect(await runTask(host, 'systemd', app)).toEqual(done());
    expect(await host.run('systemctl show -p Description --value app')).toBe(`it's "$HOME" 100%`);
    expect(await host.run('ls -A /run /etc/systemd/system | grep syn || :')).toBe('');
  });

  test('a service older than its files is restarted, or reloaded, whoever reloaded it last', async () => {
    await using host = await startHost({ suite });
    await prepare(host);
    await host.run('sleep 0.1; touch /etc/app/conf');
    expect(await runTask(host, 'systemd', app)).toEqual(
      done('restart app.service (running with stale configuration: /etc/app/conf is newer than its start)'),
    );
    const reloading = { name: 'app', reload_after: ['/etc/app/conf', '/etc/app'] };
    await host.run('sleep 0.1; touch /etc/app/new');
    expect(await runTask(host, 'systemd', reloading)).toEqual(
      done('reload app.service (running with stale configuration: /etc/app is newer than its start)'),
    );
    await host.run('sleep 0.1; rm /etc/app/new; sleep 0.1; systemctl reload app; systemctl daemon-reexec');
    expect(await runTask(host, 'systemd', reloading)).toEqual(done());
  });

  test('drift by hand is found and repaired: outdated, masked, stopped, disabled, wrongly linked', async () => {
    await using host = await startHost({ suite });
    await prepare(host);
    const folder = '/etc/systemd/system/app.service.d';
    // systemd 252 does not notice a drop-in whose folder is new.
    await host.run(`mkdir ${folder} && printf '[Unit]\\nDescription=other\\n' >${folder}/x.conf`);
    expect((await runTask(host, 'systemd', { daemon_reload: true })).changes).toHaveLength(1);
    expect(await runTask(host, 'systemd', { daemon_reload: true })).toEqual(done());
    await host.run(`echo >>${folder}/x.conf`);
    expect((await runTask(host, 'systemd', { daemon_reload: true })).changes).toHaveLength(1);
    expect(await runTask(host, 'systemd', { daemon_reload: true })).toEqual(done());
    await host.run('systemctl disable -q app; systemctl stop app');
    expect(await runTask(host, 'systemd', app)).toEqual(done('enable app.service', 'start app.service'));
    await host.run('systemctl add-wants -q getty.target app.service');
    expect((await runTask(host, 'systemd', app)).changes.join()).toContain('reenable app.service');
    await host.run('systemctl mask -q --runtime dbus-org.freedesktop.timesync1.service e2scrub_all.timer');
    await host.run('systemctl mask -q apt-daily.timer; systemctl stop apt-daily.timer');
    const timer = { name: 'apt-daily.timer', state: 'started', enabled: true };
    expect((await runTask(host, 'systemd', timer)).changes[0]).toBe(
      'unmask apt-daily.timer (unit is masked)',
    );
    expect(await runTask(host, 'systemd', timer)).toEqual(done());
  });

  test('a service that does not start fails with its state and journal, and starts once it is mended', async () => {
    await using host = await startHost({ suite });
    const broken = (command: string) => ({
      name: 'app',
      sections: {
        Unit: { StartLimitBurst: 1, StartLimitIntervalSec: 600 },
        Service: { Type: 'oneshot', RemainAfterExit: true, ExecStart: command },
      },
    });
    await runTask(host, 'systemd_unit', broken('/bin/sh -c "echo out of cheese; exit 3"'));
    const start = { name: 'app', state: 'started' };
    expect((await runTask(host, 'systemd', start)).failure).toContain('out of cheese');
    await host.exec('systemctl start app');
    await runTask(host, 'systemd_unit', broken('/bin/true'));
    expect((await runTask(host, 'systemd', start)).left).toEqual([]);
    expect(await host.run('systemctl is-active app')).toBe('active');
  });

  test('what systemd-analyze refuses is not installed, and another unit is no reason to refuse', async () => {
    await using host = await startHost({ suite });
    await host.run(
      `mkdir /etc/systemd/system/service.d && printf '[Service]\\nWombat=1\\n' >/etc/systemd/system/service.d/x.conf
printf '[Service]\\nExecStart=bin/relative\\n' >/etc/systemd/system/bad.service`,
    );
    const write = (content: string) => runTask(host, 'systemd_unit', { name: 'new', content });
    for (const wrong of [
      '[Service]\nExecStart=/bin/true\nTyp=notify',
      '[Service]\nExecStart=bin/true',
      '[Unit]\nBefore=some-worker\n[Service]\nExecStart=/bin/true',
      '[Unit]\nDescription=nothing to run',
      'garbage\n[Service]\nExecStart=/bin/true',
    ])
      expect((await write(wrong)).failure, wrong).toContain('refuses new.service; nothing was installed');
    expect((await host.exec('ls /etc/systemd/system/new.service')).exitCode).not.toBe(0);
    expect(
      await write('[Unit]\nRequires=bad.service nosuch.service\n[Service]\nExecStart=/opt/later/app'),
    ).toEqual(done('create /etc/systemd/system/new.service'));
    const dropIn = (unit: string, content: string) => runTask(host, 'systemd_dropin', { unit, content });
    expect((await dropIn('ssh', '[Service]\nExecStart=/bin/true')).failure).toContain(
      'more than one ExecStart',
    );
    expect((await dropIn('later', '[Service]\nNice=foo')).failure).toContain('nothing was installed');
    expect((await dropIn('later', '[Service]\nType=oneshot\nExecStart=\nExecStart=/bin/true')).left).toEqual(
      [],
    );
  });

  test('a changed [Install] moves the links of an enabled unit', async () => {
    await using host = await startHost({ suite });
    await prepare(host);
    const install = { unit: 'app', sections: { Install: { WantedBy: ['', 'getty.target'] } } };
    expect((await runTask(host, 'systemd_dropin', install)).changes).toContain(
      'reenable app.service ([Install] has changed)',
    );
    expect(await host.run('cd /etc/systemd/system; ls -d *.wants/app.service')).toBe(
      'getty.target.wants/app.service',
    );
    expect(await runTask(host, 'systemd', app)).toEqual(done());
  });

  test('instances are exactly those listed', async () => {
    await using host = await startHost({ suite });
    await host.run('mkdir /etc/w; touch /etc/w/a /etc/w/b');
    await runTask(host, 'systemd_unit', {
      name: 'w@.service',
      sections: {
        Service: { ExecStart: '/bin/sleep inf', ExecReload: '/bin/true' },
        Install: { WantedBy: 'multi-user.target' },
      },
    });
    const set = (...instances: string[]) =>
      runTask(host, 'systemd_instances', { template: 'w@', instances, restart_after: '/etc/w/%i' });
    expect(await set('a', 'b')).toEqual(
      done('enable w@a.service', 'enable w@b.service', 'start w@a.service', 'start w@b.service'),
    );
    await host.run('sleep 0.1; touch /etc/w/b; systemctl start w@loose; systemctl enable -q w@linked');
    expect(await set('a', 'b')).toEqual(
      done(
        'stop and disable w@linked.service',
        'stop and disable w@loose.service',
        'restart w@b.service (running with stale configuration: /etc/w/b is newer than its start)',
      ),
    );
    expect(await set('a')).toEqual(done('stop and disable w@b.service'));
    expect(await set()).toEqual(done('stop and disable w@a.service'));
    expect(await host.run("systemctl list-units --all --plain --no-legend 'w@*'")).toBe('');
  });

  test('ports and files are waited for', async () => {
    await using host = await startHost({ suite });
    const wait = (given: Readonly<Record<string, unknown>>) =>
      runTask(host, 'wait_for', { timeout: 1, ...given });
    expect(await wait({ port: 22 })).toEqual(done());
    expect(await wait({ port: 6379, state: 'stopped' })).toEqual(done());
    expect((await wait({ port: 6379 })).failure).toBe('Timeout when waiting for 127.0.0.1:6379\n');
    await host.run('(sleep 1; echo ready 7 >/tmp/log) >/dev/null 2>&1 &');
    expect((await wait({ path: '/tmp/log', search_regex: '\\d$', timeout: 20 })).failure).toBeUndefined();
  });
});
