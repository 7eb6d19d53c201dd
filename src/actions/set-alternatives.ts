import { type AlternativeChoice, type AlternativesFact, alternatives } from '../facts/alternatives.ts';
import type { Action } from '../model/action.ts';
import { absent, type Taint } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

/** The links that lead to a choice, and what they lead to. */
const taints: readonly Taint[] = [
  { kind: 'file', under: '/etc/alternatives' },
  { kind: 'content', under: '/etc/alternatives' },
];

const action = (
  kind: string,
  name: string,
  summary: string,
  body: Sh,
  value: AlternativesFact | typeof absent,
  links: readonly string[] = [],
): Action => ({
  kind,
  summary,
  changes: [{ summary }],
  sh: body,
  predicts: [{ key: alternatives(name), value }],
  taints: [
    ...taints,
    ...links.flatMap((under) => ['file', 'content'].map((fact) => ({ kind: fact, under }))),
  ],
});

/** What the group is in auto mode: the choice of the highest priority, the first of equals. */
const best = (choices: readonly AlternativeChoice[]): string =>
  choices.reduce<AlternativeChoice | undefined>(
    (found, choice) => (found === undefined || choice.priority > found.priority ? choice : found),
    undefined,
  )?.path ?? '';

const settled = (fact: AlternativesFact): AlternativesFact =>
  fact.mode === 'auto' ? { ...fact, value: best(fact.choices) } : fact;

/** Makes a choice known, or gives it another priority or other slaves. */
export const installAlternative = (
  name: string,
  link: string,
  choice: AlternativeChoice,
  before: AlternativesFact | typeof absent,
): Action => {
  const group: AlternativesFact = before === absent ? { link, mode: 'auto', value: '', choices: [] } : before;
  const others = group.choices.filter(({ path }) => path !== choice.path);
  const slaves = choice.slaves.flatMap((slave) => ['--slave', slave.link, slave.name, slave.path]);
  return action(
    'install-alternative',
    name,
    `install alternative ${choice.path} of ${name} (priority ${choice.priority})`,
    sh`update-alternatives --install ${link} ${name} ${choice.path} ${choice.priority} ${slaves}`,
    settled({ ...group, link, choices: [...others, choice] }),
    [link, ...choice.slaves.map((slave) => slave.link)],
  );
};

/** Points the link to a choice, and keeps it there. */
export const selectAlternative = (name: string, path: string, before: AlternativesFact): Action =>
  action(
    'select-alternative',
    name,
    `${name}: ${before.value === '' ? 'none' : before.value} -> ${path}`,
    sh`update-alternatives --set ${name} ${path}`,
    { ...before, mode: 'manual', value: path },
  );

/** Lets the priorities choose. */
export const freeAlternative = (name: string, before: AlternativesFact): Action =>
  action(
    'free-alternative',
    name,
    `${name} in auto mode`,
    sh`update-alternatives --auto ${name}`,
    settled({ ...before, mode: 'auto' }),
  );

/** Makes a choice unknown. */
export const removeAlternative = (name: string, path: string, before: AlternativesFact): Action => {
  const choices = before.choices.filter((choice) => choice.path !== path);
  const left: AlternativesFact = { ...before, mode: before.value === path ? 'auto' : before.mode, choices };
  return action(
    'remove-alternative',
    name,
    `remove alternative ${path} of ${name}`,
    sh`update-alternatives --remove ${name} ${path}`,
    choices.length === 0 ? absent : settled(left),
    [before.link],
  );
};
