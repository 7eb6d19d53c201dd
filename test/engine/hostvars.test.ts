import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import type { PlaybookRunOptions } from '../support/run-playbook.ts';
import { runPlaybook, validatePlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const read = (name: string): string => readFileSync(join(home, name), 'utf8');

type Options = Partial<PlaybookRunOptions>;
const on = (options: Options): PlaybookRunOptions => ({
  home,
  homeEach: true,
  hosts: ['app', 'db'],
  forks: 2,
  ...options,
});

/** db says who it is, by a command that only looks where `looks`; app writes that down. */
const told = (looks = true): string => `
- name: Database
  hosts: db
  tasks:
    - name: Make a token
      command: echo token-of-db
      register: token
      ${looks ? 'changed_when: false' : ''}
- name: Application
  hosts: app
  tasks:
    - name: Write it down
      copy: { dest: "{{ dir }}/token", content: "{{ hostvars['db'].token.stdout }}\\n" }
`;

const inOnePlay = `
- hosts: all
  tasks:
    - command: echo token-of-{{ inventory_hostname }}
      register: token
      changed_when: false
    - name: Write it down
      copy: { dest: "{{ dir }}/token", content: "{{ hostvars.db.token.stdout }}\\n" }
      when: inventory_hostname == 'app'
`;

describe('what a task of one host has registered is known on another', () => {
  test.each([
    ['in a later play', told(), 2],
    ['in a later play, where one host is run on at a time', told(), 1],
    ['by a command that does something', told(false), 2],
    ['in the same play', inOnePlay, 2],
    ['in the same play, where one host is run on at a time', inOnePlay, 1],
  ])('%s', async (_, playbook, forks) => {
    expect(validatePlaybook(playbook, on({}))).toEqual([]);
    const { report } = await runPlaybook(playbook, on({ forks }));
    expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
    expect(read('app/token')).toBe('token-of-db\n');
  });

  test.each([
    ['in a later play', told(), 2],
    ['in a later play, one host at a time', told(), 1],
    ['in the same play', inOnePlay, 2],
    ['in the same play, one host at a time', inOnePlay, 1],
  ])('and a host that is as wanted is looked at once: %s', async (_, playbook, forks) => {
    await runPlaybook(playbook, on({ forks }));
    for (const mode of ['apply', 'check'] as const) {
      const { report } = await runPlaybook(playbook, on({ forks, mode }));
      expect(report.hosts.map(({ status, execs }) => [status, execs])).toEqual([
        ['ok', 1],
        ['ok', 1],
      ]);
    }
  });

  test.each([
    ['the path', '- copy: { dest: "{{ dir }}/{{ hostvars.db.token.stdout }}", content: "x\\n" }'],
    [
      'a loop',
      '- copy: { dest: "{{ dir }}/{{ item }}", content: "x\\n" }\n      loop: "{{ hostvars.db.token.stdout_lines }}"',
    ],
    ['a command', '- command: { cmd: "test -n {{ hostvars.db.token.stdout }}" }\n      changed_when: false'],
  ])('also where what to look at hangs on it: %s', async (_, task) => {
    const playbook = told().replace(/ {4}- name: Write it down\n.*\n/, `    ${task}\n`);
    await runPlaybook(playbook, on({}));
    const { report, events } = await runPlaybook(playbook, on({}));
    expect(report.hosts.map(({ error, execs }) => error ?? execs)).toEqual([1, 1]);
    const stages = events.flatMap((event) =>
      event.type === 'stage-started' && event.host === 'app' ? [event.stage] : [],
    );
    expect(stages[0]).toBe('wait');
  });

  test('and it is not put off where all that is to be looked at is known', async () => {
    await runPlaybook(inOnePlay, on({}));
    const { events } = await runPlaybook(inOnePlay, on({}));
    const stages = events.flatMap((event) =>
      event.type === 'stage-started' && event.host === 'app' ? [event.stage] : [],
    );
    expect(stages[0]).toBe('observe');
  });

  test('in check mode too, where that can be told', async () => {
    const fresh = await runPlaybook(told(false), on({ mode: 'check' }));
    expect(fresh.host('app')).toMatchObject({ status: 'ok', error: null });
    expect(fresh.host('app').tasks[0]).toMatchObject({ status: 'not-attempted' });
    expect(fresh.host('app').tasks[0]?.because).toBe('"Make a token" (play.yaml:5:7) on db');
    const looked = await runPlaybook(told(), on({ mode: 'check', forks: 1 }));
    expect(looked.host('app').tasks[0]?.changes[0]?.diff).toMatchObject({ after: 'token-of-db\n' });
  });
});

test('an audit that cannot look at a host leaves open what hangs on it', async () => {
  const { host } = await runPlaybook(told(), on({ mode: 'check', loses: (_, name) => name === 'db' }));
  expect(host('app')).toMatchObject({ status: 'ok' });
  expect(host('app').tasks[0]).toMatchObject({
    status: 'not-attempted',
    because: '"token" of db, which "Make a token" (play.yaml:5:7) sets',
  });
});

test('it is told what is waited for', async () => {
  const { events } = await runPlaybook(inOnePlay, on({ forks: 1 }));
  expect(events).toContainEqual(
    expect.objectContaining({
      host: 'app',
      stage: 'wait',
      detail: '"token" of db, which "command" (play.yaml:4:7) sets',
    }),
  );
});

const exchange = `
- hosts: all
  tasks:
    - command: echo of-{{ inventory_hostname }}
      register: mine
    - set_fact: { other: "{{ groups.all | difference([inventory_hostname]) | first }}" }
    - copy: { dest: "{{ dir }}/other", content: "{{ hostvars[other].mine.stdout }}\\n" }
      register: written
    - copy: { dest: "{{ dir }}/all", content: "{{ groups.all | map('extract', hostvars, ['mine', 'stdout']) | join(' ') }}\\n" }
      when: hostvars[other].written is changed
`;

test.each([1, 2])('hosts tell one another, with %d at once', async (forks) => {
  const { report } = await runPlaybook(exchange, on({ forks }));
  expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
  expect([read('app/other'), read('db/other')]).toEqual(['of-db\n', 'of-app\n']);
  expect([read('app/all'), read('db/all')]).toEqual(['of-app of-db\n', 'of-app of-db\n']);
});

test('an audit of hosts that all read from all, in two plays, comes to its end', async () => {
  const hosts = Array.from({ length: 6 }, (_, index) => `h${index}`);
  const playbook = `
- hosts: all
  tasks:
    - command: echo of-{{ inventory_hostname }}
      changed_when: false
      register: mine
    - copy:
        dest: "{{ dir }}/all"
        content: "{% for name in groups.all %}{{ hostvars[name].mine.stdout }} {{ hostvars[name].ansible_system }}\\n{% endfor %}"
- hosts: all
  tasks:
    - command: echo second
      changed_when: false
      register: second
    - debug: { msg: "{{ groups.all | map('extract', hostvars, ['second', 'stdout']) | unique | list }}" }
`;
  const fresh = await runPlaybook(playbook, on({ hosts, forks: 2, mode: 'check' }));
  expect(fresh.report.hosts.map(({ status, error }) => [status, error])).toEqual(
    hosts.map(() => ['drift', null]),
  );
  // The second command is decided after the copy, and what hangs on it with it.
  expect(fresh.tasks.map(({ status }) => status)).toEqual(['ok', 'drift', 'not-attempted', 'not-attempted']);
  const { report } = await runPlaybook(playbook, on({ hosts, forks: 2, foresees: true }));
  expect(report.hosts.map(({ error }) => error)).toEqual(hosts.map(() => null));
  expect(read('h5/all')).toBe(hosts.map((name) => `of-${name} Linux\n`).join(''));
});

test('of many hosts, whose number is more than are run on at once', async () => {
  const hosts = Array.from({ length: 6 }, (_, index) => `h${index}`);
  const playbook = exchange.replace(
    'groups.all | difference([inventory_hostname]) | first',
    'groups.all | last',
  );
  const { report } = await runPlaybook(playbook, on({ hosts, forks: 2 }));
  expect(report.hosts.map(({ error }) => error)).toEqual(hosts.map(() => null));
  expect(read('h3/all')).toBe(`${hosts.map((name) => `of-${name}`).join(' ')}\n`);
});

describe('what comes later in the playbook is not seen, so that nobody waits in a circle', () => {
  const circle = `
- hosts: all
  tasks:
    - debug: { msg: "{{ hostvars.db.second.stdout }}" }
      when: inventory_hostname == 'app'
    - command: echo {{ hostvars.app.first.stdout }}
      register: second
      when: inventory_hostname == 'db'
    - name: The first
      command: echo first
      register: first
      when: inventory_hostname == 'app'
`;

  test('and is a mistake that shows before any host is contacted', () => {
    const missing = (name: string, place: string) =>
      expect.stringContaining(`has no key "${name}": ${place} sets it, which comes later in the playbook`);
    expect(validatePlaybook(circle, on({}))).toEqual([
      missing('second', '"command" (play.yaml:6:7)'),
      missing('first', '"The first" (play.yaml:9:7)'),
    ]);
  });

  test('and fails where it is run all the same', async () => {
    const { report } = await runPlaybook(circle, on({}));
    expect(report.hosts.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });

  test('but for what the inventory says until then', async () => {
    const playbook = `
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/before", content: "{{ hostvars.db.color }} {{ hostvars.db.size | default('none') }}\\n" }
    - set_fact: { color: red, size: large }
    - copy: { dest: "{{ dir }}/after", content: "{{ hostvars.db.color }} {{ hostvars.db.size }}\\n" }
    - set_fact: { color: green }
- hosts: app
  tasks:
    - copy: { dest: "{{ dir }}/last", content: "{{ hostvars.db.color }}\\n" }
`;
    const inventory = 'all: { hosts: { app: , db: { color: blue } } }';
    expect(validatePlaybook(playbook, on({ inventory }))).toEqual([]);
    for (const forks of [1, 2]) {
      const { report } = await runPlaybook(playbook, on({ inventory, forks }));
      expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
      expect([read('app/before'), read('app/after'), read('app/last')]).toEqual([
        'blue none\n',
        'red large\n',
        'green\n',
      ]);
    }
    const { report } = await runPlaybook(playbook, on({ inventory, extra: { color: 'black' } }));
    expect(report.hosts[0]?.error).toBeNull();
    expect(read('app/last')).toBe('black\n');
  });
});

test('a host that fails before it has told is named, with the variable and the task', async () => {
  const playbook = `
- hosts: all
  tasks:
    - command: "false"
      when: inventory_hostname == 'db'
    - name: Make a token
      command: echo token
      register: token
    - name: Write it down
      copy: { dest: "{{ dir }}/token", content: "{{ hostvars.db.token.stdout }}\\n" }
    - copy: { dest: "{{ dir }}/other", content: "{{ (hostvars.db.token | default({'stdout': 'none'})).stdout }}\\n" }
`;
  const { host } = await runPlaybook(playbook, on({}));
  expect(host('db').status).toBe('failed');
  expect(host('app')).toMatchObject({
    status: 'failed',
    error:
      'play.yaml:9:7: Write it down: "hostvars.db" has no key "token": "Make a token" (play.yaml:6:7) sets it, and db did not come to its end',
  });
  await runPlaybook(playbook.replace(/ {4}- name: Write it down\n.*\n/, ''), on({}));
  expect(read('app/other')).toBe('none\n');
});

test('what a task says of itself may hang on another host: it does nothing before that has told', async () => {
  const playbook = `
- hosts: all
  tasks:
    - shell: sleep 0.1; echo no
      register: word
      when: inventory_hostname == 'db'
    - command: touch {{ dir }}/done
      changed_when: hostvars.db.word.stdout == 'yes'
      notify: "{{ hostvars.db.word.stdout }}"
      when: inventory_hostname == 'app'
  handlers:
    - name: "no"
      command: touch {{ dir }}/told
`;
  const { host } = await runPlaybook(playbook, on({}));
  expect(host('app')).toMatchObject({ error: null });
  expect(host('app').tasks.map(({ status }) => status)).toEqual(['skipped', 'ok']);
});

test('a name that nobody sets, or on no host of the run, is a mistake', () => {
  const typo = told().replace('.token.stdout', '.tokne.stdout');
  expect(validatePlaybook(typo, on({}))).toEqual(['"hostvars["db"]" has no key "tokne" (on app)']);
  expect(validatePlaybook(told(), on({ limit: 'app' }))).toEqual([
    '"hostvars["db"]" has no key "token": db takes no part in this run, so that what its tasks set is not known',
  ]);
  const skipped = told().replace('register: token', 'register: token\n      tags: [rare, never]');
  expect(validatePlaybook(skipped, on({}))).toHaveLength(1);
  expect(validatePlaybook(skipped, on({ tags: ['all', 'rare'] }))).toEqual([]);
});

test('what a condition leaves unset is not there, and no wait for ever', async () => {
  const playbook = `
- hosts: all
  tasks:
    - set_fact: { primary: true }
      when: inventory_hostname == 'none'
    - copy: { dest: "{{ dir }}/primary", content: "{{ hostvars.db.primary | default('no') }}\\n" }
      when: hostvars.db.primary is not defined and 'primary' not in hostvars.db
`;
  const { report } = await runPlaybook(playbook, on({}));
  expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
  expect(read('app/primary')).toBe('no\n');
});

test("a host's own are seen under its own name, and through a role's variables as they are by now", async () => {
  const playbook = `
- hosts: all
  vars:
    seen: "{{ hostvars.db.count | default(0) }}"
    own: "{{ hostvars[inventory_hostname].count | default(0) }}"
  tasks:
    - copy: { dest: "{{ dir }}/first", content: "{{ seen }} {{ own }}\\n" }
    - set_fact: { count: 1 }
    - copy: { dest: "{{ dir }}/second", content: "{{ seen }} {{ own }}\\n" }
    - set_fact: { count: 2 }
    - copy: { dest: "{{ dir }}/third", content: "{{ seen }} {{ own }}\\n" }
`;
  await runPlaybook(playbook, on({}));
  for (const host of ['app', 'db'])
    expect(['first', 'second', 'third'].map((name) => read(`${host}/${name}`))).toEqual([
      '0 0\n',
      '1 1\n',
      '2 2\n',
    ]);
});

test('tasks of an include that is opened on the host only set variables too', async () => {
  const playbook = `
- hosts: all
  tasks:
    - command: echo {{ inventory_hostname }}
      register: who
    - include_tasks: "{{ who.stdout }}.yaml"
    - copy: { dest: "{{ dir }}/token", content: "{{ hostvars.db.token }} {{ hostvars.db.more | default('-') }}\\n" }
      when: inventory_hostname == 'app'
`;
  const files = { 'app.yaml': '- debug: { msg: hello }\n', 'db.yaml': '- set_fact: { token: of-db }\n' };
  expect(validatePlaybook(playbook, on({ files }))).toEqual([]);
  const check = await runPlaybook(playbook, on({ files, mode: 'check' }));
  expect(check.host('app').error).toBeNull();
  expect(check.host('app').tasks.at(-1)).toMatchObject({
    status: 'not-attempted',
    because: '"command" (play.yaml:4:7)',
  });
  const { report } = await runPlaybook(playbook, on({ files }));
  expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
  expect(read('app/token')).toBe('of-db -\n');
});

describe('batches', () => {
  const playbook = `
- hosts: all
  serial: 1
  tasks:
    - command: echo of-{{ inventory_hostname }}
      register: mine
    - copy: { dest: "{{ dir }}/app", content: "{{ hostvars.app.mine.stdout }}\\n" }
- hosts: all
  tasks:
    - copy: { dest: "{{ dir }}/mine", content: "{{ mine.stdout }} {{ hostvars.db.mine.stdout }}\\n" }
`;

  test('see what earlier ones have set', async () => {
    const { report } = await runPlaybook(playbook, on({}));
    expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
    expect(read('db/app')).toBe('of-app\n');
    expect([read('app/mine'), read('db/mine')]).toEqual(['of-app of-db\n', 'of-db of-db\n']);
  });

  test('and not what later ones will set', async () => {
    const { host } = await runPlaybook(playbook.replace('hostvars.app.mine', 'hostvars.db.mine'), on({}));
    expect(host('app').error).toContain(
      '"command" (play.yaml:5:7) sets it, and db has not begun: it is in a later batch of this run',
    );
  });
});

describe('what a task with no_log has registered is shown nowhere', () => {
  const playbook = `
- hosts: db
  tasks:
    - command: echo s3cret-of-db
      register: secret
      changed_when: false
      no_log: true
    - debug: { msg: "own {{ secret.stdout }}" }
    - set_fact: { derived: "x-{{ secret.stdout }}-x" }
- hosts: app
  tasks:
    - debug: { msg: "other {{ hostvars.db.secret.stdout }}" }
    - debug: { msg: "derived {{ hostvars.db.derived }}" }
    - copy: { dest: "{{ dir }}/secret", content: "{{ hostvars.db.secret.stdout }}\\n" }
    - shell: echo {{ hostvars.db.secret.stdout | b64encode }}; exit 1
`;

  test.each(['apply', 'check'] as const)('on its host and on others, in %s', async (mode) => {
    const { events, report } = await runPlaybook(playbook, on({ mode }));
    if (mode === 'apply') expect(read('app/secret')).toBe('s3cret-of-db\n');
    const all = JSON.stringify([events, report]);
    expect(all).not.toContain('s3cret-of-db');
    expect(all).not.toContain(btoa('s3cret-of-db').replace(/=+$/, ''));
    expect(all).toContain('own ********');
    expect(all).toContain('other ********');
    expect(all).toContain('derived x-********-x');
  });
});

test('a file of one host comes to another, and is hidden on both', async () => {
  const playbook = `
- hosts: db
  tasks:
    - copy: { dest: "{{ dir }}/key", content: "s3cret key of {{ inventory_hostname }}\\n", mode: "0600" }
      no_log: true
    - slurp: { src: "{{ dir }}/key" }
      register: key
      no_log: true
- hosts: app
  tasks:
    - copy: { dest: "{{ dir }}/copied", content: "{{ hostvars.db.key.content | b64decode }}", mode: "0600" }
    - debug: { msg: "{{ hostvars.db.key.content | b64decode }}{{ hostvars.db.key.content }}" }
`;
  const check = await runPlaybook(playbook, on({ mode: 'check' }));
  expect(check.report.hosts.map(({ error }) => error)).toEqual([null, null]);
  const apply = await runPlaybook(playbook, on({}));
  expect(read('app/copied')).toBe('s3cret key of db\n');
  expect(apply.report.hosts.map(({ status, proved }) => [status, proved])).toEqual([
    ['changed', true],
    ['changed', true],
  ]);
  const again = await runPlaybook(playbook, on({}));
  expect(again.report.hosts.map(({ status, execs }) => [status, execs])).toEqual([
    ['ok', 1],
    ['ok', 1],
  ]);
  const said = JSON.stringify([check, apply, again].map(({ events, report }) => [events, report]));
  expect(said).not.toContain('s3cret');
  expect(said).not.toContain(btoa('s3cret key of db\n'));
});

test('a file that an earlier task will make is read later', async () => {
  const playbook = `
- hosts: all
  tasks:
    - command: touch {{ dir }}/made
      args: { creates: "{{ dir }}/made" }
    - slurp: { src: "{{ dir }}/made" }
`;
  const check = await runPlaybook(playbook, on({ mode: 'check' }));
  expect(check.host('app').tasks.map(({ status }) => status)).toEqual(['drift', 'not-attempted']);
  const { host } = await runPlaybook(playbook, on({}));
  expect(host('app')).toMatchObject({ status: 'changed', proved: true });
  const missing = await runPlaybook(playbook.replaceAll('made', 'gone').replace('touch', 'echo'), on({}));
  expect(missing.host('app').error).toContain(`slurp: file not found: ${home}/app/gone`);
});

describe('the facts of another host', () => {
  const facts = `
- hosts: db
  tasks:
    - debug: { msg: hello }
- hosts: app
  tasks:
    - copy: { dest: "{{ dir }}/os", content: "{{ hostvars.db.ansible_os_family }} {{ hostvars.db.ansible_facts.system }}\\n" }
- hosts: db
  tasks:
    - debug: { msg: bye }
`;
  const execs = async (playbook: string, options: Options) =>
    (await runPlaybook(playbook, on(options))).report.hosts.map(({ error, execs: count }) => error ?? count);

  test('are looked at in its first look, where it is known that somebody reads them', async () => {
    expect(validatePlaybook(facts, on({}))).toEqual([]);
    await runPlaybook(facts, on({ foresees: true }));
    expect(read('app/os')).toMatch(/^\w+ Linux\n$/);
    for (const forks of [1, 2]) expect(await execs(facts, { foresees: true, forks })).toEqual([1, 1]);
    for (const mode of ['apply', 'check'] as const)
      expect(await execs(facts, { foresees: true, mode })).toEqual([1, 1]);
  });

  test.each([1, 2])(
    'are told when they are asked for, also by one that waits, with %d at once',
    async (forks) => {
      await runPlaybook(facts, on({ forks }));
      expect(read('app/os')).toMatch(/^\w+ Linux\n$/);
    },
  );

  test.each([1, 3])('can be read by all of all, with %d at once', async (forks) => {
    const playbook = `
- hosts: all
  tasks:
    - copy:
        dest: "{{ dir }}/names"
        content: "{{ groups.all | map('extract', hostvars, 'ansible_nodename') | unique | length }}\\n"
`;
    const options = { hosts: ['a', 'b', 'c', 'd'], forks, foresees: true };
    await runPlaybook(playbook, on(options));
    for (const host of options.hosts) expect(read(`${host}/names`)).toBe('1\n');
    expect(Math.max(...(await execs(playbook, options)).map(Number))).toBe(1);
  });

  test.each([1, 2])(
    'are looked at late, where they are asked for once it is over, with %d at once',
    async (forks) => {
      const late = `
- hosts: db
  tasks:
    - command: echo ansible_system
      register: which
      changed_when: false
- hosts: app
  tasks:
    - copy: { dest: "{{ dir }}/os", content: "{{ hostvars.db[hostvars.db.which.stdout] }}\\n" }
`;
      const check = await runPlaybook(late, on({ forks, mode: 'check', foresees: true }));
      expect(check.host('app').tasks[0]?.changes[0]?.diff).toMatchObject({ after: 'Linux\n' });
      const { host } = await runPlaybook(late, on({ forks, foresees: true }));
      expect(host('app').error).toBeNull();
      expect(read('app/os')).toBe('Linux\n');
      const lost = await runPlaybook(late, on({ forks, loses: (exec, name) => name === 'db' && exec > 1 }));
      expect(lost.host('app').error).toContain('has no key "ansible_system": db could not be looked at');
      const unseen = on({ forks, mode: 'check', loses: (_, name) => name === 'db' });
      const audit = await runPlaybook(late.replace('hostvars.db.which.stdout', "'ansible_system'"), unseen);
      expect(audit.host('app')).toMatchObject({ status: 'ok', error: null });
    },
  );

  test('are not there where it takes no part', () => {
    expect(validatePlaybook(facts, on({ limit: 'app' }))[0]).toContain('db takes no part in this run');
  });
});

test('all that is known of a host is written down as JSON and YAML, once it is known', async () => {
  const playbook = `
- hosts: app
  tasks:
    - set_fact: { known: "{{ hostvars[inventory_hostname] | to_json | from_json }}" }
    - assert:
        that:
          - known.inventory_hostname == 'app'
          - known.ansible_facts.kernel is defined
          - (hostvars[inventory_hostname] | to_nice_yaml | from_yaml).ansible_kernel == known.ansible_kernel
`;
  const { report } = await runPlaybook(playbook, on({ hosts: ['app'], mode: 'check' }));
  expect(report.hosts[0]?.error).toBe(null);
});

test('subelements goes along variables of other hosts, and lists that have templates in them', async () => {
  const playbook = `
- hosts: all
  vars:
    users: ["{{ inventory_hostname ~ '-user' }}"]
    parts: [{ tags: ["{{ inventory_hostname }}"] }, "{{ { 'tags': ['other'] } }}"]
  tasks:
    - set_fact: { members: "{{ users }}" }
    - assert:
        that:
          - groups.all | map('extract', hostvars) | subelements('members') | map('last') | list == ['app-user', 'db-user']
          - parts | subelements('tags') | map('last') | list == [inventory_hostname, 'other']
`;
  const { report } = await runPlaybook(playbook, on({}));
  expect(report.hosts.map(({ error }) => error)).toEqual([null, null]);
});
