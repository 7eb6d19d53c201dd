import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { withDescribed } from '../../src/cli/describe-module.ts';
import { main } from '../../src/cli/main.ts';
import { modules } from '../../src/modules/index.ts';
import { fakeIo } from './fake-io.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const said = async (...args: readonly string[]) => {
  const { io, stdout, stderr } = fakeIo();
  const status = await main(args, io);
  return {
    status,
    stdout: stdout().replaceAll(`${folder}/`, ''),
    stderr: stderr().replaceAll(`${folder}/`, ''),
  };
};

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const inventory = `all:
  children:
    web: { hosts: { web1: , web2: } }
    db: { hosts: { db1: } }
`;

const playbook = `- name: Web servers
  hosts: web
  tasks:
    - name: nginx is there
      apt: { name: nginx-light }
      tags: [packages, nginx]
    - name: Look
      command: uptime
    - name: Look closely
      command: nginx -t
      changed_when: false
    - include_tasks: "{{ inventory_hostname }}.yaml"
  handlers:
    - name: Reload nginx
      command: nginx -s reload
- name: Databases
  hosts: db:!db1
  tasks: []
`;

test('init writes a project that is valid, and whose first playbook is silent', async () => {
  expect(await said('init', folder)).toEqual({
    status: 0,
    stderr: '',
    stdout: `wrote inventory.yaml and playbook.yaml; now try:
  syn-deploy check inventory.yaml     what would be done
  syn-deploy apply inventory.yaml     do it
  syn-deploy apply inventory.yaml     again: all is as wanted
`,
  });
  expect(await said('validate', join(folder, 'inventory.yaml'))).toEqual({
    status: 0,
    stderr: '',
    stdout: 'ok: 1 play, 3 tasks, 1 host\n',
  });
});

test('init writes over nothing', async () => {
  const path = write('playbook.yaml', 'mine');
  expect(await said('init', folder)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'syn-deploy: playbook.yaml is there already, and nothing is written over\n',
  });
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

test('init quotes a path for the shell', async () => {
  const { stdout } = await said('init', join(folder, "it's here"));
  expect(stdout).toMatch(/syn-deploy check '.*it'\\''s here\/inventory\.yaml' /);
});

test('validate warns of commands that nothing guards, but not of handlers', async () => {
  const { status, stdout, stderr } = await said(
    'validate',
    write('inventory.yaml', inventory),
    write('playbook.yaml', playbook),
  );
  expect(status).toBe(0);
  expect(stdout).toBe('ok: 2 plays, 4 tasks, 2 hosts\n');
  expect(stderr).toMatch(/^playbook\.yaml:8:7: warning: .*\[unguarded-command\]\n[\s\S]*\n1 warning\n$/);
});

test('list shows plays with their hosts, and tasks with their tags and places', async () => {
  const { status, stdout } = await said(
    'list',
    write('inventory.yaml', inventory),
    write('playbook.yaml', playbook),
  );
  expect(status).toBe(0);
  expect(stdout).toBe(`Web servers  [playbook.yaml:1:3]
  hosts (2): web1, web2
  tasks (4):
    apt: nginx is there  tags: packages, nginx  [playbook.yaml:4:7]
    command: Look  [playbook.yaml:7:7]
    command: Look closely  [playbook.yaml:9:7]
    include_tasks: {{ inventory_hostname }}.yaml  [playbook.yaml:12:7]
  handlers, when notified (1):
    command: Reload nginx  [playbook.yaml:14:7]
Databases  [playbook.yaml:16:3]
  hosts (0): none
  tasks (0):
`);
});

test('list keeps to tags and limit, and prints JSON when told to', async () => {
  const { stdout } = await said(
    'list',
    write('inventory.yaml', inventory),
    write('playbook.yaml', playbook),
    ...['-o', 'json', '-t', 'nginx', '-l', 'web2'],
  );
  const { version, plays } = JSON.parse(stdout);
  expect(version).toBe(1);
  expect(plays[0]).toMatchObject({
    name: 'Web servers',
    hosts: ['web2'],
    tasks: [
      {
        name: 'nginx is there',
        module: 'apt',
        role: null,
        tags: ['packages', 'nginx'],
        source: 'playbook.yaml:4:7',
      },
    ],
  });
});

test('a mistake in a task of the command line is told without a place in a file', async () => {
  const file = write('inventory.yaml', inventory);
  const { status, stderr } = await said('run', file, 'apt', 'nmae=htop', '-l', 'web1');
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: unknown parameter "nmae" of apt \[unknown-parameter\]\nhint: did you mean "name"\?/,
  );
  const unknownHost = await said('run', file, 'command', 'uptime', '-l', 'wbe1');
  expect(unknownHost.stderr).toMatch(/^error: .*"wbe1".*\nhint: did you mean "web1"\?/);
});

test('run runs a command on this machine and shows what it prints', async () => {
  const file = write('inventory.yaml', 'all: { hosts: { here: { ansible_connection: local } } }\n');
  const { status, stdout } = await said('run', file, 'command', 'printf', '%s\\n', 'two words');
  expect(stdout).toMatch(
    /here: \| two words\nhere: changed command: printf '%s\\n' 'two words'\nhere {2}changed, not provable /,
  );
  expect(status).toBe(0);
});

test.each(['command', 'shell'])('every word of a %s reaches it as it is', async (module) => {
  const file = write('inventory.yaml', 'all: { hosts: { here: { ansible_connection: local } } }\n');
  // A command's own words may name variables of the environment, as in Ansible.
  const words = [
    ...(module === 'shell' ? ['$HOME', '`id`'] : []),
    "it's",
    'a "b" c',
    '\\',
    "\\'",
    'end\\',
    '*',
    'k=v w',
    '\\n',
    '-x',
    'ü ü',
    '',
    ';',
  ];
  const { stdout } = await said('run', file, module, '--', 'printf', '<%s>\\n', ...words);
  const printed = stdout.split('\n').filter((line) => line.startsWith('here: | '));
  expect(printed).toEqual(words.map((word) => `here: | <${word}>`));
});

test('run shows what a module found that only looks, without a place, and gives all of it as JSON', async () => {
  const file = write('inventory.yaml', 'all: { hosts: { here: { ansible_connection: local } } }\n');
  const text = write('a text', 'one\n');
  const found = await said('run', file, 'stat', `path=${text}`);
  expect(found.status).toBe(0);
  expect(found.stdout).toContain('here:   stat:\nhere:     exists: true\n');
  expect(found.stdout).toContain("here: ok stat: 'path=a text'\n");
  expect(found.stdout).toMatch(/\nrun: hosts: 1 ok in [\d.]+ s\n$/);
  const { stdout } = await said('run', file, 'ping', '-o', 'json');
  expect(JSON.parse(stdout).hosts[0].tasks[0].result).toEqual({
    changed: false,
    failed: false,
    ping: 'pong',
  });
  // What a module changes, and not what it tells, is what was asked for.
  const copied = await said('run', file, 'copy', `dest=${text}`, 'content=two');
  expect(copied.stdout).not.toContain('checksum');
  expect(copied.stdout).not.toContain('command line');
});

test('run reports a command that fails with exit status 2', async () => {
  const file = write('inventory.yaml', 'all: { hosts: { here: { ansible_connection: local } } }\n');
  const { status, stdout } = await said('run', file, 'shell', 'echo no >&2; exit 3');
  expect(stdout).toContain('here: | no\n');
  expect(stdout).toContain('exit status 3');
  expect(status).toBe(2);
});

test('modules lists every module by name', async () => {
  const { status, stdout } = await said('modules');
  expect(status).toBe(0);
  for (const name of modules.keys()) expect(stdout).toMatch(new RegExp(`^${name} +\\S`, 'm'));
});

test('modules NAME shows parameters, defaults, choices and examples', async () => {
  const { status, stdout } = await said('modules', 'ansible.builtin.apt');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^apt: Installs/);
  expect(stdout).toContain('\n  state (present | absent | latest | build-dep | fixed; default present)\n');
  expect(stdout).toContain('\n  name (list of texts; also pkg, package)\n');
  expect(stdout).toContain('\nexamples\n  - name: ');
});

test.each(['playbook', 'tasks', 'inventory'])(
  'schema %s prints a JSON Schema whose references are all there',
  async (what) => {
    const { status, stdout } = await said('schema', what);
    expect(status).toBe(0);
    const schema = JSON.parse(stdout);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    const wanted = [...stdout.matchAll(/"\$ref": "#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);
    expect(wanted.length).toBeGreaterThan(2);
    expect(wanted.filter((name) => !Object.hasOwn(schema.$defs, name as string))).toEqual([]);
  },
);

test("the playbook schema takes every module's examples, and refuses what is misspelled", async () => {
  const { stdout } = await said('schema', 'playbook');
  const schema = z.fromJSONSchema(JSON.parse(stdout));
  for (const { name, examples } of withDescribed(modules).values()) {
    const result = schema.safeParse([{ hosts: 'all', tasks: parse(examples) }]);
    expect({ name, issues: result.error?.issues }).toEqual({ name, issues: undefined });
  }
  const accepts = (task: unknown): boolean => schema.safeParse([{ hosts: 'all', tasks: [task] }]).success;
  expect(accepts({ apt: { name: 'htop', state: 'latest' }, become: true })).toBe(true);
  expect(accepts({ apt: { name: 'htop', update_cache: '{{ fresh }}' } })).toBe(true);
  expect(accepts({ apt: { name: 'htop', stat: 'latest' } })).toBe(false);
  expect(accepts({ apt: { name: 'htop', state: 'newest' } })).toBe(false);
  expect(accepts({ atp: { name: 'htop' } })).toBe(false);
});

test('--start-at-task leaves out what comes before, and knows names that are nearly right', async () => {
  const files = [write('inventory.yaml', inventory), write('playbook.yaml', playbook)];
  const listed = await said('list', ...files, '--start-at-task', 'Look closely');
  expect(listed.stdout).toContain('Look closely');
  expect(listed.stdout).not.toContain('nginx is there');
  expect((await said('list', ...files, '--start-at-task', 'Look c*')).stdout).toBe(listed.stdout);
  const missed = await said('list', ...files, '--start-at-task', 'Look closly');
  expect(missed.status).toBe(1);
  expect(missed.stderr).toContain('no task is called "Look closly"; did you mean "Look closely"?');
});

test('an output file that cannot be written is found before any host is contacted', async () => {
  const files = [write('inventory.yaml', inventory), write('playbook.yaml', '- hosts: web\n  tasks: []\n')];
  const { status, stderr } = await said('check', ...files, '--output-file', '/nonexistent/report');
  expect(status).toBe(1);
  expect(stderr).toContain('cannot write /nonexistent/report: there is no folder /nonexistent');
});

test('a tag that no task has is a mistake, not an empty run', async () => {
  const plain = playbook.replace(/^ +- include_tasks.*\n/m, '');
  const files = [write('inventory.yaml', inventory), write('playbook.yaml', plain)];
  const missed = await said('list', ...files, '--tags', 'ngnix');
  expect(missed.status).toBe(1);
  expect(missed.stderr).toContain('no task has the tag "ngnix"');
  expect(missed.stderr).toContain('did you mean "nginx"?');
  expect((await said('list', ...files, '--tags', 'nginx,untagged')).status).toBe(0);
});

test('list shows no task for a file of vars_files whose name hangs on the host', async () => {
  const files =
    "- hosts: web\n  vars_files: ['{{ inventory_hostname }}.yml']\n  tasks:\n    - debug: { msg: hello }\n";
  write('web1.yml', 'a: 1\n');
  write('web2.yml', 'a: 2\n');
  const { stdout, stderr } = await said(
    'list',
    write('inventory.yaml', inventory),
    write('playbook.yaml', files),
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('  tasks (1):\n    debug: debug  [playbook.yaml:4:7]\n');
});
