import { expect, test } from 'vitest';
import type { Instance } from '../../src/engine/instance.ts';
import { judge, verdictWaitsFor } from '../../src/engine/verdict.ts';
import type { Task } from '../../src/model/play.ts';
import { unknown } from '../../src/model/unknown.ts';
import { createScope, variables } from '../../src/template/scope.ts';

const condition = (text: string) => ({
  text,
  span: { file: 'site.yml', offset: 0, length: 0, line: 1, column: 1 },
});

const judged = (
  task: Pick<Task, 'changedWhen' | 'failedWhen' | 'until' | 'register'>,
  values: Readonly<Record<string, unknown>> = {},
): Pick<Instance, 'task' | 'scope'> => ({
  task: { retries: 3, ...task } as Task,
  scope: createScope([variables('play', values)]),
});

test('without conditions another exit status than 0 has failed, and shows what was said', () => {
  expect(judge(judged({}), { result: { rc: 0 } })).toEqual({
    changed: false,
    error: undefined,
    isOver: false,
  });
  const { error } = judge(judged({}), { result: { rc: 2, stdout: 'a\n', stderr: 'b\n' } });
  expect(error?.message).toBe('exit status 2\na\nb');
});

test('its own conditions see the result, by its keys and as what it registers', () => {
  const task = judged({
    register: 'seen',
    failedWhen: [condition('seen.rc > 1')],
    changedWhen: [condition('rc == 1')],
  });
  expect(judge(task, { result: { rc: 1 } })).toMatchObject({ changed: true, error: undefined });
  expect(judge(task, { result: { rc: 2 } }).error?.message).toBe('failed_when is true');
});

test('until that does not hold has failed, by the number of retries; once it holds, that is over', () => {
  const task = judged({ until: [condition('rc == 0')] });
  const { error } = judge(task, { result: { rc: 0, attempts: 4 } });
  expect(error).toBeUndefined();
  expect(judge(task, { result: { rc: 0 } }).isOver).toBe(true);
  expect(judge(task, { result: { rc: 1, attempts: 4 } }).error?.result).toMatchObject({ attempts: 3 });
});

test('a condition waits for what another host has still to tell, and for nothing else', () => {
  const task = judged({ changedWhen: [condition('other == 1')] }, { other: unknown('web2') });
  expect(verdictWaitsFor(task, {}, (because) => because === 'web2')).toBe('web2');
  expect(verdictWaitsFor(task, {}, () => false)).toBeUndefined();
});
