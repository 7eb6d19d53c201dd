import { expect, test } from 'vitest';
import type { GroupFact } from '../../../src/facts/groups.ts';
import type { Facts } from '../../../src/model/fact.ts';
import { isUnknown } from '../../../src/model/unknown.ts';
import { group } from '../../../src/modules/group.ts';
import { fakeContext } from '../support/fake-context.ts';

test('the number of a group that a task before makes is not known before it is there', () => {
  const made: GroupFact = { name: 'app', gid: -1, members: [] };
  const params = group.params.parse({ name: 'app' });
  const plan = group.plan(params, { get: () => made } as unknown as Facts, fakeContext());
  const { actions, result } = 'actions' in plan ? plan : { actions: plan, result: undefined };
  expect([actions, isUnknown(result?.['gid'])]).toEqual([[], true]);
});
