import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { RunReport } from '../../src/model/report.ts';
import { type CuttingProxy, cuttingProxy } from '../hosts/cutting-proxy.ts';
import { docker } from '../hosts/docker.ts';
import { findHost, startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { connectionVariables } from './support/syn-deploy.ts';

/** A first apply with something of everything; what must not be done twice leaves a line each time it is done. */
const playbook = `- hosts: all
  become: true
  tasks:
    - group: { name: app, system: true }
    - user: { name: app, group: app, system: true, home: /srv/app }
    - file: { path: /srv/app/data, state: directory, owner: app, mode: "0750" }
    - copy: { dest: /srv/app/large, content: "{{ 'large text, ' * 20000 }}", owner: app, mode: "0640" }
    - name: Once
      shell: sleep 0.3; echo once >>/root/once; echo said
      register: once
    - copy: { dest: /etc/app.conf, content: "{{ once.stdout }}\\n" }
      notify: Handled
    - package: { name: hello }
    - copy: { dest: /etc/app.json, content: '{"a": 1}', mode: "0600" }
    - systemd_unit:
        name: app.service
        content: |
          [Service]
          ExecStart=/bin/sleep infinity
          [Install]
          WantedBy=multi-user.target
    - systemd: { name: app.service, enabled: true, state: started }
    - name: Twice as long
      shell: sleep 0.3; echo later >>/root/later
  handlers:
    - name: Handled
      shell: echo handled >>/root/handled
`;

/** Puts the host back to how it was before. */
const cleanUp = `
  systemctl disable -q --now app.service
  rm -rf /etc/systemd/system/app.service /etc/app.conf /etc/app.json /srv/app /root/once /root/later /root/handled
  rm -rf /var/lib/syn-deploy /run/syn-deploy
  systemctl daemon-reload
  userdel app; groupdel app
  DEBIAN_FRONTEND=noninteractive dpkg --purge hello
  true`;

interface Outcome {
  readonly exitStatus: number | undefined;
  readonly stdout: string;
  readonly report: RunReport | undefined;
}

describe('A first apply whose line is cut', () => {
  let host: TestHost;
  let home: string;
  let proxy: CuttingProxy;
  /** Bytes that a whole run receives. */
  let whole: number;

  const count = async (file: string): Promise<number> =>
    Number(await host.run(`grep -c . /root/${file} 2>/dev/null || true`));

  const start = (...options: readonly string[]) =>
    execa(
      process.execPath,
      [program, 'apply', join(home, 'inventory.yaml'), join(home, 'play.yaml'), ...options],
      { env: { HOME: home }, reject: false, stdin: 'ignore' },
    );
  const apply = async (...options: readonly string[]): Promise<Outcome> => {
    const { exitCode, stdout } = await start('--output', 'json', ...options);
    const report = stdout.startsWith('{') ? (JSON.parse(stdout) as RunReport) : undefined;
    return { exitStatus: exitCode, stdout, report };
  };

  /** A new line to a host as it was. */
  const begin = async (): Promise<void> => {
    await proxy?.close();
    await host.run(cleanUp);
    proxy = await cuttingProxy(host.port);
    const variables = {
      ...connectionVariables(host),
      ansible_port: proxy.port,
      // A line that hangs is given up after some seconds.
      ansible_ssh_common_args: '-o ServerAliveInterval=2 -o ServerAliveCountMax=3',
    };
    await writeFile(join(home, 'inventory.yaml'), stringify({ all: { hosts: { host: variables } } }));
    await writeFile(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${proxy.port} ${host.hostKey}\n`);
  };

  /** What has to be true however it went. */
  const expectSound = async (outcome: Outcome, point: string): Promise<void> => {
    const finished = outcome.exitStatus === 0;
    if (finished)
      expect([await count('once'), await count('later'), await count('handled')], point).toEqual([1, 1, 1]);
    const more = await apply();
    expect(more.exitStatus, `${point}\n${more.stdout}`).toBe(0);
    expect(await count('handled'), point).toBeGreaterThan(0);
    expect(await count('once'), point).toBeLessThanOrEqual(2);
    expect(await host.run("find / -xdev -name '.*syn-deploy*' -o -xdev -name '*.syn-deploy-*'"), point).toBe(
      '',
    );
    expect(await host.run('ls /run/syn-deploy'), point).toBe('holder\nlock');
    expect(await host.run('flock -n /run/syn-deploy/lock echo free'), point).toBe('free');
  };

  beforeAll(async () => {
    host = await startHost({ suite: 'bookworm' });
    await host.run('apt-get update -q && apt-get install -q -y --download-only hello');
    home = await mkdtemp(join(tmpdir(), 'syn-deploy-faults-'));
    await mkdir(join(home, '.ssh'));
    await writeFile(join(home, 'play.yaml'), playbook);
    await begin();
    const outcome = await apply();
    expect(outcome.exitStatus, outcome.stdout).toBe(0);
    whole = proxy.received;
  });

  afterAll(async () => {
    await proxy?.close();
    await host?.stop();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  const share = (points: number, index: number): number => Math.floor(((index + 0.5) * whole) / points);
  const all = process.env['SYN_DEPLOY_TEST_FAULTS'] === 'all';

  interface Fault {
    readonly fault: string;
    readonly points: number;
    /** How it may end beside well. Default: the host is lost (4); killed, syn-deploy says nothing. */
    readonly ends?: readonly number[];
    strike(at: number): Promise<Outcome>;
  }

  test.each<Fault>([
    {
      fault: 'a reset of the connection',
      points: all ? 30 : 8,
      async strike(at) {
        proxy.cutAt(at, 'reset');
        return await apply();
      },
    },
    {
      fault: 'silence on the line',
      points: all ? 6 : 2,
      async strike(at) {
        proxy.cutAt(at, 'stall');
        return await apply();
      },
    },
    {
      fault: 'a restart of the host',
      points: all ? 6 : 1,
      // An action may see it coming, and fail.
      ends: [2, 4],
      async strike(at) {
        const outcome = apply();
        await Promise.race([proxy.reached(at), outcome]);
        await docker(['restart', '--time', '5', host.name]);
        host = await findHost(host.name, { suite: 'bookworm' });
        proxy.retarget(host.port);
        return await outcome;
      },
    },
    {
      fault: 'the end of sshd’s process for it',
      points: all ? 10 : 3,
      async strike(at) {
        const outcome = apply();
        await Promise.race([proxy.reached(at), outcome]);
        await host.exec("pkill -KILL -f '^sshd: admin'");
        return await outcome;
      },
    },
    {
      fault: 'the end of syn-deploy itself',
      points: all ? 10 : 3,
      async strike(at) {
        const running = start('--output', 'json');
        await Promise.race([proxy.reached(at), running]);
        running.kill('SIGKILL');
        const { exitCode, stdout } = await running;
        return { exitStatus: exitCode, stdout, report: undefined };
      },
    },
  ])(
    'by $fault, anywhere, finishes by itself or says that it did not, and the next one makes it good',
    async ({ fault, points, ends = [4], strike }) => {
      let finished = 0;
      for (let index = 0; index < points; index += 1) {
        const at = share(points, index);
        await begin();
        const outcome = await strike(at);
        if (outcome.exitStatus === 0) finished += 1;
        // Killed, it says nothing.
        else expect([...ends, undefined], outcome.stdout).toContain(outcome.exitStatus);
        await expectSound(outcome, `${fault} after ${at} of ${whole} bytes`);
      }
      console.log(`${fault}: ${points} points, ${finished} runs finished by themselves`);
    },
  );
});
