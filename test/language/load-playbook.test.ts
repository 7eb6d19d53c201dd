import { describe, expect, test } from 'vitest';
import { type LoadedPlaybook, loadPlaybook } from '../../src/language/load-playbook.ts';
import { DiagnosticError } from '../../src/model/diagnostic.ts';
import type { Entry, IncludeTasks, Play, Task } from '../../src/model/play.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { registry } from './registry.ts';

type Texts = Readonly<Record<string, string>>;

const load = (texts: Texts, playbook = 'site.yml'): LoadedPlaybook =>
  loadPlaybook(playbook, { files: memoryFiles(texts), registry });

const onlyPlay = (texts: Texts): Play => {
  const { plays, diagnostics } = load(texts);
  expect(diagnostics).toEqual([]);
  const [play] = plays;
  if (play === undefined) throw new Error('no play');
  return play;
};

const tasksOf = (play: Play): readonly Task[] =>
  play.entries.filter((entry): entry is Task => entry.type === 'task');

const onlyTask = (task: string, more: Texts = {}): Task => {
  const indented = task.replaceAll('\n', '\n      ');
  const [first] = tasksOf(onlyPlay({ 'site.yml': `- hosts: all\n  tasks:\n    - ${indented}\n`, ...more }));
  if (first === undefined) throw new Error('no task');
  return first;
};

const names = (entries: readonly Entry[]): string[] =>
  entries.map((entry) => (entry.type === 'meta' ? entry.action : (entry.name?.text ?? entry.type)));

describe('a play', () => {
  test('has its sections in order, with the turns of handlers between them', () => {
    const play = onlyPlay({
      'site.yml': `
- hosts: all
  post_tasks: [{ name: last, debug: }]
  tasks: [{ name: third, debug: }]
  roles: [r]
  pre_tasks: [{ name: first, debug: }]
`,
      'roles/r/tasks/main.yml': '- { name: second, debug: }\n',
    });
    expect(names(play.entries)).toEqual([
      'first',
      'flush_handlers',
      'second',
      'third',
      'flush_handlers',
      'last',
    ]);
  });

  test('needs no turns of handlers between sections that are not there', () => {
    const play = onlyPlay({ 'site.yml': '- hosts: all\n  tasks: [{ name: only, debug: }]\n' });
    expect(names(play.entries)).toEqual(['only']);
  });

  test('joins a list of hosts to one pattern', () => {
    expect(onlyPlay({ 'site.yml': '- hosts: [web, "!old"]\n' }).hosts.text).toBe('web,!old');
  });

  test('gives its tasks what they inherit, its vars being its own', () => {
    const play = onlyPlay({
      'site.yml': `
- hosts: all
  become: yes
  become_user: "{{ admin }}"
  tags: [a]
  environment: { LANG: C }
  vars: { x: 1 }
  tasks:
    - { debug: , become: no, tags: [b, a], environment: { TZ: UTC }, vars: { y: 2 } }
`,
    });
    const [task] = tasksOf(play);
    expect(task).toMatchObject({ become: false, becomeUser: { text: '{{ admin }}' }, tags: ['a', 'b'] });
    expect(task?.environment.map(({ value }) => value)).toEqual([{ LANG: 'C' }, { TZ: 'UTC' }]);
    expect(task?.vars.map(({ values }) => values)).toEqual([{ y: 2 }]);
    expect(play.vars.values).toEqual({ x: 1 });
    expect(play.vars.place('x')).toMatchObject({ line: 7, column: 14 });
  });

  test('reads vars_files beside it and in vars/', () => {
    const play = onlyPlay({
      'p/site.yml': '',
      'site.yml': '- hosts: all\n  vars_files: [a.yml, [none.yml, b.yml]]\n',
      'a.yml': 'x: 1\n',
      'vars/b.yml': 'y: 2\n',
    });
    expect(play.varsFiles.map(({ values, origin }) => [origin, values])).toEqual([
      ['a.yml', { x: 1 }],
      ['vars/b.yml', { y: 2 }],
    ]);
  });
});

describe('the parameters of a task', () => {
  test('are under their own names, at their places', () => {
    const { args } = onlyTask('apt: { pkg: redis }');
    expect(args.value).toEqual({ name: 'redis' });
    expect(args.at(['name'], 'key')).toMatchObject({ line: 3, column: 14, length: 3 });
    expect(args.at(['name'])).toMatchObject({ line: 3, column: 19 });
    expect(args.at(['state'])).toMatchObject({ line: 3, column: 7, length: 3 });
  });

  test.each(['0644', '"0644"', "'0644'"])('have the mode %s as text', (mode) => {
    expect(onlyTask(`file: { path: /a, mode: ${mode} }`).args.value).toEqual({ path: '/a', mode: '0644' });
  });

  test('come from the text form, with places', () => {
    const { args } = onlyTask('apt: name=redis state="{{ a ~ b }}"');
    expect(args.value).toEqual({ name: 'redis', state: '{{ a ~ b }}' });
    expect(args.at(['state'])).toMatchObject({ column: 30, length: 11 });
    expect(args.at(['state'], 'key')).toMatchObject({ column: 23, length: 5 });
  });

  test('come from "args" as well', () => {
    expect(onlyTask('command: ls -l\nargs: { chdir: /tmp }').args.value).toEqual({
      cmd: 'ls -l',
      chdir: '/tmp',
    });
  });

  test.each([
    ['action: apt name=redis', { name: 'redis' }],
    ['action: { module: apt, name: redis }', { name: 'redis' }],
    ['action: command ls -l', { cmd: 'ls -l' }],
    ['ansible.builtin.command: ls', { cmd: 'ls' }],
    ['command: 5', { cmd: '5' }],
  ])('of %s', (text, args) => {
    expect(onlyTask(text).args.value).toEqual(args);
  });
});

describe('keywords of a task', () => {
  test('repetition has the usual numbers', () => {
    expect(onlyTask('debug:\nuntil: done')).toMatchObject({ retries: 3, delayMs: 5000 });
    expect(onlyTask('debug:\nuntil: done\nretries: 7\ndelay: 0.5')).toMatchObject({
      retries: 7,
      delayMs: 500,
    });
    expect(onlyTask('debug:')).toMatchObject({ retries: 0, until: undefined });
  });

  test('loops have their form', () => {
    expect(onlyTask('debug:\nwith_dict: { a: 1 }').loop).toMatchObject({
      lookup: 'dict',
      items: { value: { a: 1 } },
    });
    expect(onlyTask('debug:\nwith_items: "{{ a }}"').loop).toMatchObject({ lookup: 'items' });
    expect(onlyTask('debug:\nloop: [1]\nloop_control: { loop_var: x, pause: 2 }').loop).toMatchObject({
      lookup: undefined,
      control: { loopVar: 'x', pauseMs: 2000 },
    });
    expect(onlyTask('debug:\nwith_sequence: count=2').loop).toMatchObject({ lookup: 'sequence' });
    expect(onlyTask('debug:\nwith_community.general.flattened: [[1]]').loop?.lookup).toBe('flattened');
  });

  test('an expression stands at its place behind the quote', () => {
    const [when] = onlyTask('debug:\nwhen: "a == b"').when;
    expect(when).toMatchObject({ text: 'a == b', span: { line: 4, column: 14, length: 6 } });
  });

  test('an expression in braces is taken out of them, with a warning', () => {
    const { plays, diagnostics } = load({
      'site.yml': '- hosts: all\n  tasks: [{ debug: , when: "{{ ready }}" }]\n',
    });
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'template-in-condition' }]);
    expect(plays[0]?.entries[0]?.when).toMatchObject([{ text: 'ready', span: { column: 32, length: 5 } }]);
  });
});

describe('blocks and imports fold into the list', () => {
  const texts: Texts = {
    'site.yml': `
- hosts: all
  tasks:
    - block:
        - import_tasks: parts/a.yml
          when: two
          vars: { x: 2 }
      when: one
      tags: outer
      vars: { x: 1 }
    - import_tasks: parts/a.yml
`,
    'parts/a.yml': '- import_tasks: b.yml\n',
    'parts/b.yml': '- { name: inner, debug: , when: three, tags: inner }\n',
  };
  const [first, second] = tasksOf(onlyPlay(texts));

  test('with all keywords on the way, outer ones first', () => {
    expect(first?.when).toMatchObject([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
    expect(first?.tags).toEqual(['outer', 'inner']);
    expect(first?.vars.map(({ values }) => values)).toEqual([{ x: 1 }, { x: 2 }]);
  });

  test('with ids that tell the ways apart', () => {
    expect(first?.id).toBe('parts/b.yml:1:3 <- parts/a.yml:1:3 <- site.yml:5:11');
    expect(second?.id).toBe('parts/b.yml:1:3 <- parts/a.yml:1:3 <- site.yml:11:7');
  });

  test('with the folder of the file they stand in', () => {
    expect(first?.folder).toBe('parts');
  });
});

describe('an include that only a run can tell', () => {
  const texts: Texts = {
    'site.yml': `
- hosts: all
  tasks:
    - include_tasks: "{{ which }}.yml"
      when: outer
    - include_tasks: a.yml
      loop: [1, 2]
  handlers: [{ name: Restart, debug: }]
`,
    'a.yml': '- { name: a, debug: , notify: Restart }\n',
    'wrong.yml': '- { name: a, debgu: , notify: Restrat }\n- { debug: , notify: Restrat }\n',
  };
  const [byName, byLoop] = onlyPlay(texts).entries as readonly IncludeTasks[];

  test('is an entry of its own, with its loop', () => {
    expect(byName).toMatchObject({ type: 'include', file: { text: '{{ which }}.yml' }, loop: undefined });
    expect(byLoop?.loop?.items.value).toEqual([1, 2]);
  });

  test('reads the file when its turn comes', () => {
    const [entry] = byName?.load('a.yml', {}) ?? [];
    expect(entry).toMatchObject({ type: 'task', when: [{ text: 'outer' }] });
  });

  test('gives the tasks of each item ids and variables of their own, the same each time', () => {
    const ids = [{ item: 1 }, { item: 2 }, { item: 1 }].map((item) => byLoop?.load('a.yml', item)[0]?.id);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]).toBe(ids[2]);
    const [task] = byLoop?.load('a.yml', { item: 1 }) ?? [];
    expect(task?.includeVars.map(({ values }) => values)).toEqual([{ item: 1 }]);
  });

  test('throws all that is wrong in the file', () => {
    const caught = ((): unknown => {
      try {
        return byName?.load('wrong.yml', {});
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(DiagnosticError);
    expect((caught as DiagnosticError).diagnostics.map(({ code }) => code)).toEqual([
      'unknown-module',
      'unknown-handler',
    ]);
    expect(() => byName?.load('nowhere.yml', {})).toThrow('no file "nowhere.yml"');
  });

  test('may be of its own file', () => {
    const play = onlyPlay({
      'site.yml': '- hosts: all\n  tasks: [{ include_tasks: self.yml }]\n',
      'self.yml': '- { name: once, debug: }\n- { include_tasks: self.yml, when: more }\n',
    });
    expect(names(play.entries)).toEqual(['once', 'include']);
    expect(names((play.entries[1] as IncludeTasks).load('self.yml', {}))).toEqual(['once', 'include']);
  });
});

describe('roles', () => {
  const role: Texts = {
    'roles/web/tasks/main.yml': '- { name: task, debug: }\n',
    'roles/web/handlers/main.yml': '- { name: Reload, debug: }\n',
    'roles/web/defaults/main.yml': 'port: 80\n',
    'roles/web/vars/main/a.yml': 'a: 1\n',
    'roles/web/vars/main/b.yml': 'b: 2\n',
    'roles/web/meta/main.yml': 'dependencies: [{ role: base, level: "{{ port }}" }]\n',
    'roles/base/tasks/main.yml': '- { name: base, debug: }\n',
    'roles/base/tasks/extra.yml': '- { name: extra, debug: }\n',
  };

  test('bring what they depend on, once, then their tasks', () => {
    const play = onlyPlay({ 'site.yml': '- hosts: all\n  roles: [web, { role: web }, web]\n', ...role });
    expect(names(play.entries)).toEqual(['base', 'task']);
    expect(play.roles.map(({ name }) => name)).toEqual(['base', 'web']);
  });

  test('run again with other parameters', () => {
    const play = onlyPlay({ 'site.yml': '- hosts: all\n  roles: [web, { role: web, app: 1 }]\n', ...role });
    expect(names(play.entries)).toEqual(['base', 'task', 'task']);
    expect(new Set(tasksOf(play).map(({ id }) => id)).size).toBe(3);
  });

  test('have defaults, vars and parameters; those of the role that depends on them too', () => {
    const play = onlyPlay({
      'site.yml': '- hosts: all\n  roles: [{ role: web, app: 1, vars: { more: 2 } }]\n',
      ...role,
    });
    const [base, task] = tasksOf(play);
    expect(task?.role).toMatchObject({
      name: 'web',
      folder: 'roles/web',
      defaults: { values: { port: 80 } },
      vars: { values: { a: 1, b: 2, more: 2 } },
      exports: { values: { a: 1, b: 2 } },
      params: { values: { app: 1 } },
    });
    expect(base?.role?.params.values).toEqual({ app: 1, level: '{{ port }}' });
    expect(base?.role?.vars.values).toEqual({ a: 1, b: 2, more: 2 });
  });

  test('give their keywords to their tasks and to what they depend on', () => {
    const play = onlyPlay({
      'site.yml': '- hosts: all\n  roles: [{ role: web, tags: w, when: x, become: yes }]\n',
      ...role,
    });
    for (const task of tasksOf(play))
      expect(task).toMatchObject({ tags: ['w'], when: [{ text: 'x' }], become: true });
  });

  test('have their handlers before the play, known by two names', () => {
    const play = onlyPlay({
      'site.yml': `
- hosts: all
  roles: [web]
  tasks: [{ debug: , notify: ["web : Reload", Own] }]
  handlers: [{ name: Own, debug: }]
`,
      ...role,
    });
    expect(play.handlers.map(({ name }) => name?.text)).toEqual(['Reload', 'Own']);
    expect(play.handlers[0]?.listen).toEqual(['web : Reload']);
  });

  test('are imported in the middle of tasks, from the file that is named', () => {
    const play = onlyPlay({
      'site.yml': `
- hosts: all
  tasks:
    - { name: before, debug: }
    - import_role: { name: base, tasks_from: extra }
      vars: { x: 1 }
    - include_role: { name: base, tasks_from: extra.yml }
`,
      ...role,
    });
    expect(names(play.entries)).toEqual(['before', 'extra', 'extra']);
    expect(play.entries[1]?.vars.map(({ values }) => values)).toEqual([{ x: 1 }]);
  });

  test('may ask for truthy conditions, for themselves', () => {
    const play = onlyPlay({
      'site.yml': '- hosts: all\n  roles: [{ role: base, compat: truthy }]\n  tasks: [{ debug: }]\n',
      ...role,
    });
    expect(tasksOf(play).map((task) => task.role?.truthy)).toEqual([true, undefined]);
    expect(play.truthy).toBe(false);
  });
});

describe('handlers', () => {
  test('of an imported file answer to the name of the import', () => {
    const play = onlyPlay({
      'site.yml':
        '- hosts: all\n  handlers: [{ name: Both, import_tasks: h.yml }]\n  tasks: [{ debug: , notify: Both }]\n',
      'h.yml': '- { name: One, debug: }\n- { name: Two, debug: , listen: more }\n',
    });
    expect(play.handlers.map(({ listen }) => listen)).toEqual([['Both'], ['more', 'Both']]);
  });
});

describe('imported playbooks', () => {
  const { plays, diagnostics } = load({
    'site.yml': '- import_playbook: sub/web.yml\n  vars: { x: 1 }\n  tags: t\n  when: w\n- hosts: db\n',
    'sub/web.yml': '- hosts: web\n  vars: { x: 0, y: 0 }\n  roles: [r]\n',
    'sub/roles/r/tasks/main.yml': '- debug:\n',
  });

  test('bring their plays, with roles beside them', () => {
    expect(diagnostics).toEqual([]);
    expect(plays.map(({ hosts, playbook }) => [hosts.text, playbook])).toEqual([
      ['web', 'sub/web.yml'],
      ['db', 'site.yml'],
    ]);
  });

  test('take tags, conditions and stronger variables', () => {
    expect(plays[0]?.entries[0]).toMatchObject({ tags: ['t'], when: [{ text: 'w' }], vars: [] });
    expect(plays[0]?.vars.values).toEqual({ x: 1, y: 0 });
  });
});

test('a playbook that is not there is a diagnostic', () => {
  expect(load({}).diagnostics).toMatchObject([{ code: 'missing-file', message: 'no playbook "site.yml"' }]);
});

test('a file that cannot be read is a diagnostic', () => {
  const files = {
    ...memoryFiles({ 'site.yml': '' }),
    text: () => {
      throw new DiagnosticError([
        { severity: 'error', code: 'unreadable-file', message: 'permission denied' },
      ]);
    },
  };
  expect(loadPlaybook('site.yml', { files, registry }).diagnostics).toMatchObject([
    { code: 'unreadable-file' },
  ]);
});

test('a module that a role brings for Ansible fails when its turn comes', () => {
  const { plays, diagnostics } = load({
    'site.yml': '- hosts: all\n  roles: [r]\n',
    'roles/r/library/fingerprint.py': '#!/usr/bin/python\n',
    'roles/r/tasks/main.yml': '- fingerprint: { text: a }\n- fingerprint2:\n',
  });
  expect(diagnostics).toMatchObject([
    { severity: 'warning', message: expect.stringContaining(`Ansible's module "fingerprint" is not here`) },
    { severity: 'error', message: 'unknown module "fingerprint2"' },
  ]);
  expect(plays[0]?.entries).toHaveLength(1);
});

describe('a value that a module does not take', () => {
  const severities = (task: string): readonly string[] =>
    load({ 'site.yml': `- hosts: all\n  tasks:\n    - ${task}\n` }).diagnostics.map(
      ({ severity, code }) => `${severity} ${code}`,
    );

  test('is an error', () => {
    expect(severities('{ apt: { state: strange } }')).toEqual(['error bad-parameter']);
  });

  test('is warned of where the task may fail', () => {
    expect(severities('{ apt: { state: strange }, ignore_errors: true }')).toEqual(['warning bad-parameter']);
    expect(severities('{ block: [{ apt: { state: strange } }], rescue: [{ apt: { name: a } }] }')).toEqual([
      'warning bad-parameter',
    ]);
    expect(severities('{ block: [{ apt: { name: a } }], rescue: [{ apt: { state: strange } }] }')).toEqual([
      'error bad-parameter',
    ]);
  });

  test('is so of a sequence', () => {
    const wrong = '{ debug: { msg: a }, with_sequence: 1-B, ignore_errors: %s }';
    expect(severities(wrong.replace('%s', 'false'))).toEqual(['error bad-value']);
    expect(severities(wrong.replace('%s', 'true'))).toEqual(['warning bad-value']);
    const mapping = '{ debug: { msg: a }, with_indexed_items: { a: 1 }, ignore_errors: %s }';
    expect(severities(mapping.replace('%s', 'false'))).toEqual(['error bad-value']);
    expect(severities(mapping.replace('%s', 'true'))).toEqual([]);
  });

  test('is an error all the same where nobody knows its name', () => {
    expect(severities('{ apt: { nmae: a }, ignore_errors: true }')).toEqual(['error unknown-parameter']);
  });
});

test('handlers of a role may include its tasks', () => {
  const { diagnostics } = load({
    'site.yml': '- hosts: all\n  roles: [r]\n',
    'roles/r/handlers/main.yml': '- { name: tidy up, include_tasks: tidy.yml }\n',
    'roles/r/tasks/main.yml': '- { apt: { name: a }, notify: tidy up }\n',
    'roles/r/tasks/tidy.yml': '- { apt: { name: b } }\n',
  });
  expect(diagnostics).toEqual([]);
});
