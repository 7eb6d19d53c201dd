import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { writeFile } from '../../src/actions/write-file.ts';
import { content } from '../../src/facts/contents.ts';
import { file } from '../../src/facts/files.ts';
import type { Action } from '../../src/model/action.ts';
import { absent, type Facts } from '../../src/model/fact.ts';
import { defineModule, type Module, type ModuleRegistry } from '../../src/model/module.ts';
import { freshHome } from '../support/fresh-home.ts';
import { type PlaybookRunOptions, runPlaybook } from '../support/run-playbook.ts';

let home = '';
freshHome((fresh) => {
  home = fresh;
});

const params = z.strictObject({ path: z.string(), secret: z.string().optional() });
type Params = z.infer<typeof params>;

/** Writes "x" where nothing is. */
const planFile = ({ path }: Params, seen: Facts): readonly Action[] => {
  if (seen.get(content(path)) !== absent) return [];
  const bytes = new TextEncoder().encode('x');
  return [writeFile({ path, bytes, mode: '0644', current: absent, before: absent, identity: {} })];
};

const moduleOf = (parts: Pick<Module<Params>, 'facts' | 'claims' | 'plan'>) =>
  new Map([
    ['spy', defineModule({ name: 'spy', summary: '', examples: '', params, secrets: ['secret'], ...parts })],
  ]);

const factsOf = ({ path }: Params) => [file(path), content(path)];

/** A module that tells how often it was asked. */
const createSpy = () => {
  const facts = vi.fn(factsOf);
  const claims = vi.fn(({ path }: Params) => [{ key: file(path), wanted: 'x' }]);
  const plan = vi.fn(planFile);
  return { modules: moduleOf({ facts, claims, plan }), facts, claims, plan };
};

const hosts = ['a', 'b', 'c'];
const run = (
  spy: { readonly modules: ModuleRegistry },
  task: string,
  options: Partial<PlaybookRunOptions> = {},
) =>
  runPlaybook(`- hosts: all\n  tasks:\n${task.replaceAll(/^/gm, '    ')}`, {
    ...{ home, hosts, modules: spy.modules },
    ...options,
  });

test('what a task comes to is found out once a look: the proof of a host that is as wanted plans nothing anew', async () => {
  const task = '- spy: { path: "{{ dir }}/a" }';
  await run(createSpy(), task, { hosts: ['a'] });
  const spy = createSpy();
  const { report } = await run(spy, task);
  expect(report.hosts.map(({ status, proved, execs }) => [status, proved, execs])).toEqual(
    hosts.map(() => ['ok', true, 1]),
  );
  expect(spy.plan).toHaveBeenCalledTimes(hosts.length);
});

test('after a change everything is planned anew, by what is seen then', async () => {
  const spy = createSpy();
  const { report } = await run(spy, '- spy: { path: "{{ dir }}/{{ item }}" }\n  loop: [x, y]', {
    hosts: ['a'],
  });
  expect(report.hosts[0]).toMatchObject({ status: 'changed', proved: true });
  const planned = spy.plan.mock.results.map(({ value }) => (value as readonly Action[]).length);
  expect(planned[0]).toBe(1);
  expect(planned.slice(-2)).toEqual([0, 0]);
});

test('facts and claims are asked for once for hosts that the task means the same on', async () => {
  const spy = createSpy();
  await run(spy, '- spy: { path: "{{ dir }}/a" }');
  expect(spy.claims.mock.calls.length).toBeLessThan(3);
  const other = createSpy();
  const { report } = await run(other, '- spy: { path: "{{ dir }}/{{ inventory_hostname }}" }');
  expect(report.hosts.map(({ tasks }) => tasks[0]?.changes[0]?.summary)).toEqual([
    undefined,
    `create ${home}/b`,
    `create ${home}/c`,
  ]);
});

test('a decision that hangs on what a task before it found is not that of an earlier look', async () => {
  const spy = createSpy();
  const tasks = `- stat: { path: "{{ dir }}/{{ inventory_hostname }}" }
  register: found
- spy: { path: "{{ dir }}/{{ inventory_hostname }}" }
- spy: { path: "{{ dir }}/b" }
  when: not found.stat.exists`;
  const { report } = await run(spy, tasks, { hosts: ['a', 'b'] });
  expect(report.hosts.map((host) => host.tasks.map(({ status }) => status))).toEqual([
    ['ok', 'changed', 'changed'],
    ['ok', 'ok', 'skipped'],
  ]);
});

test('a secret is hidden on every host, also where its task was prepared for another', async () => {
  const spy = createSpy();
  const { events } = await run(
    spy,
    '- spy: { path: "{{ dir }}/a", secret: hunter22 }\n- debug: { msg: "it is hunter22" }',
  );
  expect(JSON.stringify(events)).not.toContain('hunter22');
  expect(JSON.stringify(events)).toContain('it is ********');
});

test('a host that is finished holds nothing of what was seen on it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const seen = new Map<string, WeakRef<object>>();
  let host = '';
  const plan = ({ path }: Params, facts: Facts): readonly Action[] => {
    const value = facts.get(file(path));
    if (typeof value === 'object') seen.set(host, new WeakRef(value));
    return [];
  };
  const spy = { modules: moduleOf({ facts: factsOf, plan }) };
  const held: string[] = [];
  const task = '- spy: { path: "{{ dir }}" }';
  await run(spy, task, {
    onEvent(event) {
      if (event.type === 'host-started') host = event.host;
      if (event.type !== 'host-finished') return;
      collect();
      held.push([...seen].flatMap(([name, value]) => (value.deref() === undefined ? [] : [name])).join(' '));
    },
  });
  expect([...seen.keys()]).toEqual(hosts);
  expect(held.at(-1)).not.toContain('a');
  expect(held.every((names) => names.split(' ').length <= 2)).toBe(true);
});
