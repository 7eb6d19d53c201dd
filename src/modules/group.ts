import { z } from 'zod';
import { numbersIn } from '../actions/accounts.ts';
import { createGroup, removeGroup, renumberGroup } from '../actions/groups.ts';
import { type GroupFact, group as groupFact } from '../facts/groups.ts';
import type { Action } from '../model/action.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { unknown } from '../model/unknown.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { refusedUnlessFalse } from './params/refused.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  name: text()
    .refine((value) => /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(value), { error: 'expected the name of a group' })
    .describe('Group to manage.'),
  gid: integer().optional().describe('Its number. Left alone when absent.'),
  system: boolean().default(false).describe('A new group gets a number below 1000.'),
  non_unique: boolean().default(false).describe("The number may be another group's."),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it is to be there.'),
  force: boolean()
    .default(false)
    .describe('With `absent`: even where it is the primary group of an account.'),
  local: refusedUnlessFalse('groups are made by groupadd'),
});

type Params = z.infer<typeof params>;

const planPresent = (p: Params, fact: GroupFact | 'absent'): readonly Action[] => {
  if (fact === 'absent') return [createGroup(p.name, p.gid, p.system, p.non_unique)];
  return p.gid === undefined || p.gid === fact.gid ? [] : [renumberGroup(fact, p.gid, p.non_unique)];
};

const planAbsent = (p: Params, fact: GroupFact | 'absent'): readonly Action[] =>
  fact === 'absent' ? [] : [removeGroup(p.name, p.force)];

const gidOf = (fact: GroupFact | 'absent'): number | undefined => (fact === 'absent' ? undefined : fact.gid);

const resultOf = (p: Params, fact: GroupFact | 'absent'): TaskPlan['result'] => {
  if (p.state === 'absent') return { name: p.name, state: p.state };
  // A task before it makes the group: its number is known once it is there.
  const known = fact !== 'absent' && fact.gid < 0 ? unknown(`the group ${p.name}`) : gidOf(fact);
  const gid = p.gid ?? known;
  return { name: p.name, state: p.state, system: p.system, ...(gid === undefined ? {} : { gid }) };
};

/** Groups of accounts. */
export const group = defineModule({
  name: 'group',
  summary: 'Makes and removes groups of accounts.',
  examples: `- name: Group matrix-synapse
  group:
    name: matrix-synapse
    system: true
`,
  params,
  facts: (p) => [groupFact(p.name)],
  plan: (p, facts) => {
    const fact = facts.get(groupFact(p.name));
    const actions = p.state === 'present' ? planPresent(p, fact) : planAbsent(p, fact);
    const result = resultOf(p, fact);
    if (actions.length === 0 || p.state === 'absent' || result?.['gid'] !== undefined)
      return { actions, result };
    return {
      actions,
      result: { ...result, gid: unknown(`the group ${p.name}`) },
      finish: ([outcome]) => ({ gid: numbersIn(outcome?.stdout ?? '')?.[0] }),
      undone: { gid: undefined },
    };
  },
  claims: (p) =>
    p.state === 'absent' ? [] : [{ key: groupFact(p.name), wanted: { gid: p.gid ?? null }, prunable: false }],
});
