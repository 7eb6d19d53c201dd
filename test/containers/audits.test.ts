import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { createJunitReporter } from '../../src/report/junit.ts';
import { docker } from '../hosts/docker.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { firstHalf, secondHalf } from '../report/recorded-run.ts';
import { hostileHost, manyHosts, sampleAudit } from '../report/sample-audit.ts';

let host: TestHost;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-audits-'));
  host = await startHost({ suite: 'trixie', flavour: 'browser' });
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

const put = async (path: string, text: string): Promise<void> => {
  await writeFile(join(folder, 'text'), text);
  await docker(['cp', '--quiet', join(folder, 'text'), `${host.name}:${path}`]);
};

const finished = (report: ReturnType<typeof sampleAudit>): readonly RunEvent[] => [
  { type: 'run-finished', report },
];

test.each([
  ['of an apply', [...firstHalf, ...secondHalf]],
  ['of an audit', finished(sampleAudit())],
  ['with anything in it', finished(sampleAudit([hostileHost()]))],
  ['of many hosts', finished(manyHosts(100, 20))],
  ['of no hosts', finished({ ...sampleAudit(), hosts: [] })],
])('JUnit XML %s keeps to the schema', async (_name, events) => {
  const pieces: string[] = [];
  const reporter = createJunitReporter({ write: (text) => pieces.push(text) }, 'whole');
  for (const event of events) reporter.emit(event);
  await put('/srv/junit.xsd', await readFile(join(import.meta.dirname, 'junit.xsd'), 'utf8'));
  await put('/srv/report.xml', pieces.join(''));
  expect(await host.run('xmllint --noout --schema /srv/junit.xsd /srv/report.xml 2>&1')).toBe(
    '/srv/report.xml validates',
  );
});

/** Blocks of docs/audits.md with the path that their first line names. */
const units = async (): Promise<readonly { path: string; text: string }[]> =>
  [...(await readFile('docs/audits.md', 'utf8')).matchAll(/^```ini\n# (\S+)\n([\s\S]*?)^```/gm)].map(
    ([, path = '', text = '']) => ({ path, text }),
  );

/** The program, as `npm install --global` lays it down. */
const install = async (): Promise<void> => {
  await execa(process.execPath, ['scripts/build.mjs']);
  await docker(['cp', '--quiet', 'dist', `${host.name}:/opt/syn-deploy`]);
  await docker(['cp', '--quiet', 'package.json', `${host.name}:/opt/package.json`]);
  await host.run('ln -s /opt/syn-deploy/cli/bin.js /usr/local/bin/syn-deploy');
};

test('the units of docs/audits.md audit, keep the result, and fail where there is drift', async () => {
  await install();
  const found = await units();
  expect(found.map(({ path }) => path.replace(/.*\./, ''))).toEqual(['service', 'timer']);
  for (const { path, text } of found) await put(path, text);
  const account = /^useradd .*$/m.exec(await readFile('docs/audits.md', 'utf8'))?.[0] ?? '';
  await host.run(`${account}; mkdir /etc/syn-deploy`);
  await put(
    '/etc/syn-deploy/inventory.yaml',
    'playbooks: [play.yaml]\nall: { hosts: { here: { ansible_connection: local } } }\n',
  );
  await put(
    '/etc/syn-deploy/play.yaml',
    '- { hosts: all, gather_facts: false, tasks: [{ name: A file, copy: { dest: /etc/wanted, content: x } }] }\n',
  );
  expect(await host.run(`systemd-analyze verify ${found.map(({ path }) => path).join(' ')} 2>&1`)).toBe('');
  await host.run('systemctl daemon-reload; systemctl enable --quiet --now syn-deploy-audit.timer');
  expect(await host.run('systemctl list-timers --no-legend syn-deploy-audit.timer')).toContain('03:');

  expect((await host.exec('systemctl start syn-deploy-audit.service')).exitCode).toBe(1);
  const log = await host.run('journalctl --no-pager -o cat -u syn-deploy-audit.service');
  expect(await host.run('systemctl show -P ExecMainStatus syn-deploy-audit.service'), log).toBe('8');
  expect(log).toContain('here: drift copy: A file');
  expect(log).toContain('since this check');
  await host.exec('systemctl start syn-deploy-audit.service');
  const state = '/var/lib/syn-deploy-audit';
  expect(await host.run(`stat -c '%U %a' ${state}/audit.html ${state}/history`)).toBe(
    'syn-deploy-audit 644\nsyn-deploy-audit 700',
  );
  expect(
    await host.run(`ls ${state}/history | wc -l; grep -o '2 checks' ${state}/audit.html | sort -u`),
  ).toBe('2\n2 checks');
  await host.run('printf x >/etc/wanted; systemctl start syn-deploy-audit.service');
});
