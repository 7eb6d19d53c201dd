import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-'));
  writeFileSync(
    join(folder, 'inventory.yaml'),
    'playbooks: [play.yaml]\nall: { hosts: { here: { ansible_connection: local } } }\n',
  );
  // The second task leaves a mark on the way: whether the host was contacted can be seen.
  writeFileSync(
    join(folder, 'play.yaml'),
    `- hosts: all
  gather_facts: false
  tasks:
    - name: Its file
      copy: { dest: ${folder}/file, content: "wanted\\n" }
    - name: It looks
      command: touch ${folder}/contacted
      changed_when: false
`,
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = async (command: string, ...args: readonly string[]) => {
  const { io, stdout, stderr } = fakeIo();
  const options = args.map((arg) => arg.replaceAll('DIR', folder));
  const status = await main([command, join(folder, 'inventory.yaml'), ...options], io);
  const said = (text: string): string => text.replaceAll(folder, 'DIR');
  return { status, stdout: said(stdout()), stderr: said(stderr()) };
};

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('reports go to files, several at once, while standard output shows what goes on', async () => {
  const { status, stdout, stderr } = await run(
    'check',
    ...[
      '-o',
      'html=DIR/r.html',
      '-o',
      'junit=DIR/r.xml',
      '--output=json=DIR/r.json',
      '-o',
      'plain=DIR/r.log',
    ],
  );
  expect({ status, stderr }).toEqual({ status: 8, stderr: '' });
  expect(stdout).toContain('here: drift copy: Its file');
  expect(read('r.log').replaceAll(folder, 'DIR')).toBe(stdout);
  expect(JSON.parse(read('r.json')).hosts[0].status).toBe('drift');
  expect(readdirSync(folder)).toContain('contacted');
  expect(read('r.xml')).toContain('<failure type="drift"');
  expect(read('r.html')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test.each([
  [['-o', 'junit', '--output-file', 'DIR/r'], /^<\?xml /],
  [['-o', 'json', '--output-file', 'DIR/r'], /^\{/],
  [['--output-file', 'DIR/r'], /^here: drift/],
])('%j is one report', async (args, start) => {
  const { stdout } = await run('check', ...args);
  expect(stdout).toContain('here: drift copy: Its file');
  expect(read('r')).toMatch(start);
});

test('the ending of a file that is named alone says what it is to be', async () => {
  await run('check', '--output-file', 'DIR/r.html');
  expect(read('r.html')).toMatch(/^<!doctype html>/);
});

test('one report can be shown and others written', async () => {
  const { stdout } = await run('check', '-o', 'json', '-o', 'html=DIR/r.html');
  expect(JSON.parse(stdout).mode).toBe('check');
  expect(read('r.html')).toContain('<h1>Check of ');
});

test.each([
  [['-o', 'html=DIR/none/r.html'], 'cannot write DIR/none/r.html: there is no folder DIR/none'],
  [['-o', 'html=DIR'], 'cannot write DIR: it is a folder'],
  [['-o', 'html='], '--output html= wants the name of a file, such as html=report.html'],
  [['-o', 'pdf=x'], '--output is one of progress, plain, json, junit, html, found "pdf"'],
  [
    ['-o', 'json', '-o', 'html'],
    'only one of json, html can be shown; write -o FORM=FILE for what goes to a file',
  ],
  [
    ['-o', 'json', '-o', 'html', '--output-file', 'DIR/r'],
    '--output json and html and --output-file DIR/r do not make pairs; write -o FORM=FILE for each',
  ],
  [['-o', 'html=DIR/r', '-o', 'json=DIR/r'], 'two outputs would go to DIR/r'],
  [['-o', 'progress=DIR/r'], 'progress is for a terminal; what goes to DIR/r is plain, json, junit or html'],
  [['--history', 'DIR/none/h'], '--history: cannot keep results in DIR/none/h: there is no folder DIR/none'],
  [['--history', 'DIR/play.yaml'], '--history: DIR/play.yaml is no folder'],
  [
    ['--history', 'DIR/h', '--history-keep', '0'],
    '--history-keep wants a whole number of at least 1, found "0"',
  ],
])('%j is refused before any host is contacted', async (args, message) => {
  expect(await run('check', ...args)).toEqual({ status: 1, stdout: '', stderr: `syn-deploy: ${message}\n` });
  expect(readdirSync(folder)).not.toContain('contacted');
});

test('a report replaces a file as a whole, where a link leads to and with its mode', async () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real/r.json'), 'old', { mode: 0o640 });
  symlinkSync('real/r.json', join(folder, 'r.json'));
  await run('check', '-o', 'json=DIR/r.json');
  expect(JSON.parse(read('real/r.json')).version).toBe(1);
  expect(statSync(join(folder, 'real/r.json')).mode & 0o777).toBe(0o640);
});

test('a report that cannot be written at the end is said, and adds 16 to the exit status', async () => {
  mkdirSync(join(folder, 'out'));
  writeFileSync(
    join(folder, 'play.yaml'),
    `- { hosts: all, gather_facts: false, tasks: [{ file: { path: ${folder}/out, state: absent } }] }\n`,
  );
  const { status, stdout, stderr } = await run('apply', '-o', 'html=DIR/out/r.html');
  expect(stderr).toBe('syn-deploy: cannot write DIR/out/r.html: no such file or directory\n');
  expect(status).toBe(16);
  expect(stdout).toContain('apply: hosts: 1 changed');
});

test('a device is written to directly', async () => {
  expect((await run('check', '-o', 'json=/dev/null')).status).toBe(8);
});

test('what is secret is in no report and in no history', async () => {
  writeFileSync(
    join(folder, 'play.yaml'),
    `- hosts: all
  gather_facts: false
  vars: { password: hunter2hunter2 }
  tasks:
    - name: Its secret
      copy: { dest: ${folder}/file, content: "{{ password }}\\n" }
      no_log: true
`,
  );
  await run('check', '-o', 'html=DIR/r.html', '-o', 'junit=DIR/r.xml', '--history', 'DIR/h');
  for (const name of ['r.html', 'r.xml', ...readdirSync(join(folder, 'h')).map((file) => `h/${file}`)]) {
    expect(read(name)).toContain('Its secret');
    expect(read(name)).not.toContain('hunter2');
  }
});

const ages = (stdout: string): readonly string[] =>
  [...stdout.matchAll(/drift .*\] (.*)/g)].map(([, note = '']) => note.replace(/\d{4}-.* UTC/, 'THEN'));

test('since when drift exists, in all outputs', async () => {
  expect(ages((await run('check', '--history', 'DIR/h')).stdout)).toEqual(['since this check']);
  const second = await run('check', '--history', 'DIR/h', '-o', 'json=DIR/r.json', '-o', 'html=DIR/r.html');
  expect(ages(second.stdout)).toEqual(['since THEN, 2 checks']);
  const [first] = readdirSync(join(folder, 'h')).sort();
  const { startedAt } = JSON.parse(read(`h/${first}`));
  expect(JSON.parse(read('r.json')).hosts[0].tasks[0].since).toEqual({ at: startedAt, checks: 2 });
  expect(read('r.html')).toMatch(/since \d{4}-\d\d-\d\d \d\d:\d\d UTC, 2 checks/);
  expect((await run('apply', '--history', 'DIR/h')).status).toBe(0);
  writeFileSync(join(folder, 'file'), 'other\n');
  expect(ages((await run('check', '--history', 'DIR/h')).stdout)).toEqual(['cause: host, since this check']);
  expect(statSync(join(folder, 'h')).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(join(folder, 'h')))
    expect(statSync(join(folder, 'h', name)).mode & 0o777).toBe(0o600);
});

test('without a history nothing is said of it', async () => {
  const { stdout } = await run('check', '-o', 'json');
  expect(stdout).not.toContain('since');
});

test('the oldest results go, and files of others stay', async () => {
  mkdirSync(join(folder, 'h'));
  writeFileSync(join(folder, 'h/notes.json'), '{}');
  for (let count = 0; count < 4; count += 1) await run('check', '--history', 'DIR/h', '--history-keep', '2');
  const names = readdirSync(join(folder, 'h'));
  expect(names).toHaveLength(3);
  expect(names).toContain('notes.json');
  expect(ages((await run('check', '--history', 'DIR/h')).stdout)).toEqual(['since THEN, 5 checks']);
});

test('damaged results are left out, with one warning', async () => {
  for (let count = 0; count < 3; count += 1) await run('check', '--history', 'DIR/h');
  const names = readdirSync(join(folder, 'h')).sort();
  writeFileSync(join(folder, 'h', names[2] as string), '{"hosts": [');
  writeFileSync(join(folder, 'h', names[1] as string), '{"hosts": [], "history": 1}');
  const { status, stdout } = await run('check', '--history', 'DIR/h');
  expect(status).toBe(8);
  expect(stdout.match(/warning/g)).toHaveLength(1);
  expect(stdout).toContain(
    `warning: history: DIR/h/${names[2]} and 1 more of that folder cannot be read and is left out, so that drift may seem younger than it is: `,
  );
  expect(ages(stdout)).toEqual(['since THEN, 2 checks']);
});

test('checks at the same time keep what both have seen', async () => {
  writeFileSync(
    join(folder, 'other.yaml'),
    `- { hosts: all, gather_facts: false, tasks: [{ copy: { dest: ${folder}/other, content: x } }] }\n`,
  );
  const other = () => run('check', 'DIR/other.yaml', '--history', 'DIR/h');
  await Promise.all([run('check', '--history', 'DIR/h'), other()]);
  await Promise.all([run('check', '--history', 'DIR/h'), other()]);
  expect(readdirSync(join(folder, 'h'))).toHaveLength(4);
  expect(ages((await run('check', '--history', 'DIR/h')).stdout)).toEqual(['since THEN, 3 checks']);
  expect(ages((await other()).stdout)).toEqual(['since THEN, 3 checks']);
});
