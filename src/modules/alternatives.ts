import { z } from 'zod';
import {
  freeAlternative,
  installAlternative,
  removeAlternative,
  selectAlternative,
} from '../actions/set-alternatives.ts';
import {
  type AlternativeChoice,
  type AlternativeSlave,
  type AlternativesFact,
  alternatives as alternativesFact,
} from '../facts/alternatives.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { refused } from './params/refused.ts';
import { text } from './params/text.ts';

const linkName = () =>
  text().refine((name) => /^[^\s/-][^\s/]*$/.test(name), {
    error: 'expected the name of a group of alternatives',
  });

const slave = z.strictObject({
  name: linkName().describe('Name of the group.'),
  path: path().describe('What it points to.'),
  link: path().describe('The link.'),
});

const params = z.strictObject({
  name: linkName().describe('Name of the group: `editor`.'),
  path: path().describe('The program that the link is to point to.'),
  link: path().optional().describe('The link itself. Needed where the group is not known yet.'),
  priority: integer().optional().describe('Its priority. Default: what it has, 50 for a new one.'),
  state: z
    .enum(['selected', 'present', 'auto', 'absent'], { error: 'expected selected, present, auto or absent' })
    .default('selected')
    .describe(
      '`selected`: known, and chosen; `present`: known; `auto`: known, and priorities choose; `absent`: not known.',
    ),
  subcommands: z
    .array(slave)
    .optional()
    .describe('Links that follow this one, such as those of manual pages. Default: those that it has.'),
  family: refused('only update-alternatives of Red Hat has families'),
});

type AlternativesTask = z.infer<typeof params>;

type Group = AlternativesFact | typeof absent;

const choiceOf = (group: Group, wanted: string): AlternativeChoice | undefined =>
  group === absent ? undefined : group.choices.find((choice) => choice.path === wanted);

const slaveText = (slaves: readonly AlternativeSlave[]): string =>
  slaves
    .map(({ name, link, path: target }) => `${name} ${link} ${target}`)
    .sort()
    .join('\n');

const planKnown = (task: AlternativesTask, facts: Facts): Action[] => {
  const group = facts.get(alternativesFact(task.name));
  const before = choiceOf(group, task.path);
  const wanted: AlternativeChoice = {
    path: task.path,
    priority: task.priority ?? before?.priority ?? 50,
    slaves: task.subcommands ?? before?.slaves ?? [],
  };
  if (before?.priority === wanted.priority && slaveText(before.slaves) === slaveText(wanted.slaves))
    return [];
  if (facts.get(file(task.path)) === absent)
    throw new TaskFailure(`Specified path ${task.path} does not exist`);
  const link = task.link ?? (group === absent ? undefined : group.link);
  if (link === undefined)
    throw new TaskFailure(`nobody knows alternatives called ${task.name}: link says where their link is`);
  return [installAlternative(task.name, link, wanted, group)];
};

const planChosen = (task: AlternativesTask, facts: Facts): Action[] => {
  const group = facts.get(alternativesFact(task.name));
  if (group === absent) return [];
  if (task.state === 'selected' && group.value !== task.path)
    return [selectAlternative(task.name, task.path, group)];
  return task.state === 'auto' && group.mode === 'manual' ? [freeAlternative(task.name, group)] : [];
};

const plan = (task: AlternativesTask, facts: Facts): TaskPlan => {
  if (task.state !== 'absent')
    return { actions: planInSteps(facts, [(now) => planKnown(task, now), (now) => planChosen(task, now)]) };
  const group = facts.get(alternativesFact(task.name));
  const isKnown = group !== absent && choiceOf(group, task.path) !== undefined;
  return { actions: isKnown ? [removeAlternative(task.name, task.path, group)] : [] };
};

/** Which of several programs a command is. */
export const alternatives = defineModule({
  name: 'alternatives',
  summary: 'Chooses which of several programs a command is (update-alternatives).',
  examples: `
- alternatives:
    name: editor
    path: /usr/bin/vim.basic
- name: One of our own
  alternatives:
    name: python
    link: /usr/bin/python
    path: /opt/python/bin/python3
    priority: 10
- alternatives:
    name: java
    path: /usr/lib/jvm/java-17-openjdk-amd64/bin/java
    state: auto
`,
  params,
  aliases: { slaves: 'subcommands' },
  facts: (task) => [alternativesFact(task.name), file(task.path)],
  plan,
  claims: ({ name, path: target, state }) =>
    state === 'absent'
      ? []
      : [{ key: alternativesFact(name), wanted: { path: target, state }, prunable: false }],
});
