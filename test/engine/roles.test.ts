import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshHome } from '../support/fresh-home.ts';
import { runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

type Files = Readonly<Record<string, string>>;

const run = (playbook: string, files: Files = {}) => runPlaybook(playbook, { home, files });

/** What `debug` tasks said, in order. */
const said = ({ tasks }: Awaited<ReturnType<typeof run>>): readonly (string | null)[] =>
  tasks.filter(({ module }) => module === 'debug').map(({ message }) => message);

const roleOf = (name: string, parts: Files): Files =>
  Object.fromEntries(Object.entries(parts).map(([path, text]) => [`roles/${name}/${path}`, text]));

describe('include_vars', () => {
  test('variables hold from there on, over the defaults of the role, and may speak of others', async () => {
    const result = await run(
      '- hosts: all\n  vars: { port: 1 }\n  roles: [db]\n  post_tasks: [{ debug: { msg: "{{ url }}" } }]\n',
      roleOf('db', {
        'defaults/main.yml': 'url: none\n',
        'vars/Debian.yml': 'url: "db:{{ port }}"\n',
        'tasks/main.yml':
          '- debug: { msg: "{{ url }}" }\n- include_vars: Debian.yml\n- debug: { msg: "{{ url }}" }\n',
      }),
    );
    expect(said(result)).toEqual(['none', 'db:1', 'db:1']);
  });

  test('what tasks have set is stronger, whenever they did', async () => {
    const result = await run(
      '- hosts: all\n  tasks:\n    - set_fact: { a: set }\n    - include_vars: v.yml\n    - debug: { msg: "{{ a }} {{ b }}" }\n',
      { 'v.yml': 'a: file\nb: file\n' },
    );
    expect(said(result)).toEqual(['set file']);
  });

  test('what was read is among the hostvars of the host, and what tasks have set is stronger', async () => {
    const result = await run(
      `- hosts: all
  tasks:
    - set_fact: { a: set }
    - include_vars: v.yml
    - debug: { msg: "{{ hostvars[inventory_hostname].a }} {{ hostvars[inventory_hostname]['b'] }}" }
    - debug: { msg: "{{ 'b' in hostvars[inventory_hostname] }}" }
`,
      { 'v.yml': 'a: file\nb: file of {{ a }}\n' },
    );
    expect(said(result)).toEqual(['set file of set', 'true']);
  });

  test('the file may hang on the host, and what follows waits for it', async () => {
    const result = await run(
      `- hosts: all
  tasks:
    - include_vars: "{{ item }}"
      with_first_found:
        - "{{ ansible_facts.os_family }}-none.yml"
        - "{{ ansible_facts.os_family }}.yml"
        - other.yml
    - fail: { msg: not set }
      when: name is not defined
    - debug: { msg: "{{ name }}" }
`,
      { 'vars/Debian.yml': 'name: debian\n', 'vars/other.yml': 'name: other\n' },
    );
    expect(said(result)).toHaveLength(1);
    expect(said(result)[0]).toMatch(/^(?:debian|other)$/);
  });

  test('a folder is read in the order of its names, all of it under one name where it is asked for', async () => {
    const result = await run(
      '- hosts: all\n  tasks:\n    - include_vars: { dir: d, name: all_of_it, ignore_files: [skip.yml] }\n      register: read\n    - debug: { msg: "{{ all_of_it.a }} {{ all_of_it.b }} {{ read.ansible_included_var_files | length }}" }\n',
      { 'vars/d/1.yml': 'a: 1\nb: 1\n', 'vars/d/2.yml': 'b: 2\n', 'vars/d/skip.yml': 'b: 3\n' },
    );
    expect(said(result)).toEqual(['1 2 2']);
  });

  test('mappings may be joined with those that are there', async () => {
    const result = await run(
      `- hosts: all
  vars: { config: { a: 1, deep: { b: 2 } } }
  tasks:
    - include_vars: { file: more.yaml, hash_behaviour: merge }
    - debug: { msg: "{{ config }} {{ fresh }}" }
    - include_vars: >
        more.yaml
    - debug: { msg: "{{ config }}" }
`,
      { 'more.yaml': 'config: { c: 3, deep: { d: 4 } }\nfresh: { e: 5 }\n' },
    );
    expect(said(result)).toEqual([
      "{'a': 1, 'deep': {'b': 2, 'd': 4}, 'c': 3} {'e': 5}",
      '{\n  "c": 3,\n  "deep": {\n    "d": 4\n  }\n}',
    ]);
  });

  test('a file that is not there is named, with where it was looked for', async () => {
    const { host } = await run('- hosts: all\n  tasks: [{ include_vars: no.yml }]\n');
    expect(JSON.stringify(host('host1'))).toContain('no file \\"no.yml\\"; looked for vars/no.yml, no.yml');
  });
});

describe('a module of Ansible that is not here', () => {
  test('does no harm where its `when` is false', async () => {
    const { host } = await run(
      '- hosts: all\n  tasks:\n    - zypper: { name: "{{ nobody }}", strange: 1 }\n      when: 1 > 2\n',
    );
    expect(host('host1')).toMatchObject({ status: 'ok' });
  });

  test('fails the task where it holds, and says what to do', async () => {
    const { tasks } = await run('- hosts: all\n  tasks:\n    - zypper: { name: x }\n');
    expect(tasks[0]).toMatchObject({ status: 'failed' });
    expect(tasks[0]?.message).toContain('Ansible\'s module "zypper" is not here; instead: hosts are Debian');
  });
});

describe('include_role while running', () => {
  const roles = {
    ...roleOf('a', {
      'tasks/main.yml': '- debug: { msg: "a {{ who | default(\'\') }}" }\n',
      'tasks/more.yml': '- copy: { dest: "{{ dir }}/{{ who }}", content: x }\n  notify: tell\n',
      'handlers/main.yml': '- name: tell\n  debug: { msg: told }\n',
    }),
    ...roleOf('b', { 'tasks/main.yml': '- debug: { msg: b }\n' }),
  };

  test('takes names that are templates, and loops', async () => {
    const result = await run(
      '- hosts: all\n  tasks:\n    - include_role: { name: "{{ item }}" }\n      loop: [a, b]\n      vars: { who: "w{{ item }}" }\n',
      roles,
    );
    expect(said(result)).toEqual(['a wa', 'b']);
  });

  test('its handlers join those of the play', async () => {
    const result = await run(
      '- hosts: all\n  vars: { from: more }\n  tasks:\n    - include_role: { name: a, tasks_from: "{{ from }}.yml" }\n      vars: { who: me }\n',
      roles,
    );
    expect(result.host('host1').error).toBeNull();
    expect(said(result)).toEqual(['told']);
  });
});

describe('meta', () => {
  test('end_role leaves out the rest of the role and nothing else', async () => {
    const result = await run('- hosts: all\n  roles: [r]\n  tasks: [{ debug: { msg: after } }]\n', {
      ...roleOf('r', {
        'vars/main.yml': 'is_done: true\n',
        'tasks/main.yml':
          '- debug: { msg: one }\n- meta: end_role\n  when: is_done\n- debug: { msg: two }\n- include_role: { name: s }\n',
      }),
      ...roleOf('s', { 'tasks/main.yml': '- debug: { msg: three }\n' }),
    });
    expect(said(result)).toEqual(['one', 'after']);
  });
});

describe('what a role says of its variables', () => {
  const files = roleOf('r', {
    'meta/argument_specs.yml': `argument_specs:
  main:
    options:
      port: { type: int, required: true }
      users.name: { type: str }
      mode: { choices: [a, b], default: a }
      users: { type: list, elements: dict, options: { name: { required: true } } }
`,
    'tasks/main.yml': '- debug: { msg: went on }\n',
  });
  const play = (vars: string): string => `- hosts: all\n  roles: [{ role: r, vars: ${vars} }]\n`;

  test('is silent where they are as wanted', async () => {
    const result = await run(play('{ port: "80", mode: b, users: [{ name: x }] }'), files);
    expect(said(result)).toEqual(['went on']);
  });

  test('all that is wrong is said at once', async () => {
    const { tasks } = await run(play('{ port: soon, mode: c, users: [{ nam: x }] }'), files);
    expect(tasks[0]).toMatchObject({ status: 'failed' });
    expect(tasks[0]?.message).toBe(
      'variables of the role r: port is to be of type int; found "soon"; mode is to be one of a, b; found "c"; users[0] has no option "nam"; it takes name; users[0] lacks "name"',
    );
    expect((await run(play('{}'), files)).tasks[0]?.message).toContain('"port" is not set');
  });
});

test('a block notifies for each of its tasks', async () => {
  const result = await run(`- hosts: all
  tasks:
    - block: [{ copy: { dest: "{{ dir }}/x", content: x } }]
      notify: tell
  handlers: [{ name: tell, debug: { msg: told } }]
`);
  expect(said(result)).toEqual(['told']);
});

test('module_defaults are for tasks that do not say otherwise', async () => {
  const result = await run(`- hosts: all
  module_defaults: { debug: { msg: usual } }
  tasks:
    - debug:
    - debug: { msg: own }
    - block: [{ debug: }]
      module_defaults: { ansible.builtin.debug: { msg: inner } }
`);
  expect(said(result)).toEqual(['usual', 'own', 'inner']);
});

test('loops are lookups, and tell where they are', async () => {
  const result = await run(`- hosts: all
  tasks:
    - debug: { msg: "{{ item.0 }}{{ item.1 }} {{ ansible_loop.index }}/{{ ansible_loop.length }}" }
      with_nested: [[a, b], [1]]
      loop_control: { extended: true }
    - debug: { msg: "{{ item }}" }
      with_sequence: "start=1 end={{ last }}"
      vars: { last: 2 }
    - debug: { msg: "{{ item.0.n }} {{ item.1 }}" }
      with_subelements: [[{ n: x, k: [1, 2] }], k]
`);
  expect(said(result)).toEqual(['a1 1/2', 'b1 2/2', '1', '2', 'x 1', 'x 2']);
});

test('a loop over what is no list fails in the words of Ansible, and leaves its result', async () => {
  const result = await run(`- hosts: all
  tasks:
    - debug: { msg: "{{ item }}" }
      with_list: "{{ { 'a': 1 } }}"
      register: first
      ignore_errors: true
    - debug: { msg: "{{ item }}" }
      with_dict: "{{ [1, 2] }}"
      register: second
      ignore_errors: true
    - debug: { msg: "{{ first is failed and 'with_list expects a list' in first.msg }}" }
    - debug: { msg: "{{ second is failed and 'with_dict expects a dict' in second.msg }}" }
`);
  expect(said(result).slice(2)).toEqual(['true', 'true']);
});

test('a loop may pause between the items that do something', async () => {
  const result = await run(`- hosts: all
  tasks:
    - shell: date +%s%N
      loop: [1, 2, 3]
      when: item != 2
      loop_control: { pause: 0.4 }
      register: at
    - debug: { msg: "{{ ((at.results[2].stdout | int) - (at.results[0].stdout | int)) >= 400000000 }}" }
`);
  expect(said(result)).toEqual(['true']);
});

test('the pause of a loop does not count as the time of a task', async () => {
  const { report } = await runPlaybook(
    `
- hosts: all
  tasks:
    - command: "true"
      loop: [1, 2]
      loop_control: { pause: 4 }
`,
    { home, timeoutMs: 3000 },
  );
  expect(report.hosts[0]).toMatchObject({ status: 'changed', error: null });
});

test('what an item of a loop sets, the items after it see', async () => {
  const result = await run(`- hosts: all
  tasks:
    - set_fact: { all: "{{ all | default([]) + [item] }}", last: "{{ item }}{{ last | default('') }}" }
      loop: [a, b, c]
      when: item != 'b'
    - debug: { msg: "{{ all }} {{ last }}" }
    - command: echo "{{ item }}"
      loop: [1, 2]
      register: told
    - set_fact: { sum: "{{ (sum | default(0)) + (item.stdout | int) }}" }
      loop: "{{ told.results }}"
    - debug: { msg: "{{ sum }}" }
`);
  expect(said(result)).toEqual(["['a', 'c'] ca", '3']);
});

test("a loop's items may go by a name that a variable says", async () => {
  const result = await run(
    `- hosts: all
  vars: { called: unit, wrong: my-unit }
  tasks:
    - debug: { msg: "{{ unit }} {{ ansible_loop_var }}" }
      loop: [a]
      loop_control: { loop_var: "{{ called }}" }
      register: said
    - debug: { msg: "{{ said.results[0].unit }}" }
    - include_tasks: more.yaml
      loop: [b]
      loop_control: { loop_var: "{{ called }}" }
    - debug: { msg: "{{ unit }}" }
      loop: [c]
      loop_control: { loop_var: "{{ wrong }}" }
`,
    { 'more.yaml': '- debug: { msg: "included {{ unit }}" }\n' },
  );
  expect(said(result).slice(0, 3)).toEqual(['a unit', 'a', 'included b']);
  expect(said(result)[3]).toContain('loop_var: "my-unit" cannot be the name of a variable');
});

test('a task can tell where its files are looked for', async () => {
  const result = await run(
    `- hosts: all
  tasks:
    - include_role: { name: inner }
    - debug: { msg: "{{ ansible_search_path == [playbook_dir] }}" }
`,
    roleOf('inner', {
      'tasks/main.yml':
        '- debug: { msg: "{{ ansible_search_path == [role_path, role_path ~ \'/tasks\', playbook_dir] }}" }\n',
    }),
  );
  expect(said(result)).toEqual(['true', 'true']);
});

test('an environment may hang on the facts of the host before they are known', async () => {
  const result = await run(
    `- hosts: all
  tasks:
    - set_fact: { bin: "/usr/lib/{{ ansible_facts.os_family }}" }
    - command: printenv BIN
      environment: { BIN: "{{ bin }}" }
      register: printed
    - debug: { msg: "{{ printed.stdout }}" }
`,
  );
  expect(said(result)).toEqual(['/usr/lib/Debian']);
});

test('a mode may be a number out of a variable that YAML has read as octal', async () => {
  await run(
    '- hosts: all\n  vars: { m: 0750 }\n  tasks: [{ file: { path: "{{ dir }}/a", state: directory, mode: "{{ m }}" } }]\n',
  );
  expect(statSync(join(home, 'a')).mode & 0o7777).toBe(0o750);
});

describe('the `when` of an include', () => {
  const setters = `- set_fact: { picked: first }
- set_fact: { picked: second }
  when: picked == 'first'
- debug: { msg: "{{ picked }} {{ item | default('') }}" }
`;

  test('is asked once, before its tasks: they may set what it hangs on', async () => {
    const result = await run(
      `- hosts: all
  tasks:
    - include_tasks: pick.yaml
      when: picked is undefined
    - include_tasks: pick.yaml
      when: picked is undefined
    - include_role: { name: own }
      when: picked == 'second'
    - debug: { msg: "{{ picked }}" }
`,
      { 'pick.yaml': setters, ...roleOf('own', { 'tasks/main.yml': setters }) },
    );
    expect(said(result)).toEqual(['second ', null, 'second ', 'second']);
  });

  test('is so too where its file hangs on the host, is looped over, or on what a command says', async () => {
    const result = await run(
      `- hosts: all
  tasks:
    - include_tasks: "{{ item }}.yaml"
      loop: [pick, pick]
      when: picked is undefined or picked == 'second'
    - command: echo yes
      register: answer
      changed_when: false
    - include_tasks: again.yaml
      when: answer.stdout == 'yes'
`,
      {
        'pick.yaml': setters,
        'again.yaml':
          '- command: echo no\n  register: answer\n  changed_when: false\n- debug: { msg: "{{ answer.stdout }}" }\n',
      },
    );
    expect(said(result)).toEqual(['second pick', 'second pick', 'no']);
    expect(result.report.hosts[0]?.error).toBeNull();
  });

  test('of an import stands at each task, as in Ansible', async () => {
    const result = await run(
      '- hosts: all\n  tasks:\n    - import_tasks: pick.yaml\n      when: picked is undefined\n    - debug: { msg: "{{ picked }}" }\n',
      { 'pick.yaml': setters },
    );
    expect(said(result)).toEqual([null, 'first']);
  });
});
