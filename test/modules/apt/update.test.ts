import { expect, test } from 'vitest';
import { aptLists } from '../../../src/facts/apt-lists.ts';
import type { TaskPlan } from '../../../src/model/module.ts';
import { apt } from '../../../src/modules/apt.ts';
import { fakeContext } from '../support/fake-context.ts';

const factsOfOldLists = { get: () => ({ ageSeconds: 100_000, sourcesNewer: false }) } as never;

const outcome = (stdout: string, exitStatus = 0) => ({
  ...{ exitStatus, stdout, stderr: '', startedAt: new Date(0), durationMs: 0 },
});

const plan = (params: object) =>
  apt.plan(apt.params.parse(params), factsOfOldLists, fakeContext()) as TaskPlan;

test('an update that brought other lists is a change, one that brought none is not', () => {
  for (const params of [{ update_cache: true }, { cache_valid_time: 3600 }]) {
    const { finish, mayBeUnchanged, actions } = plan(params);
    expect(actions.map(({ predicts }) => predicts[0]?.key)).toEqual([aptLists]);
    expect(mayBeUnchanged).toBe(true);
    expect(finish?.([outcome('Get:1 …\nthe package lists are as they were\n')])).toEqual({
      changed: false,
      cache_updated: false,
    });
    expect(finish?.([outcome('Get:1 …\n')])).toEqual({});
    expect(finish?.([outcome('', 100)])).toEqual({});
  }
});
