import { runUfw } from '../actions/run-ufw.ts';
import { type UfwFact, type UfwRule, ufw as ufwFact } from '../facts/ufw.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import { type UfwTask, ufwParams } from './firewall/ufw-params.ts';
import {
  insertNumber,
  ruleWords,
  sameMatch,
  servicesIn,
  versionsOf,
  wantedRule,
} from './firewall/ufw-rule.ts';

const lists = { 4: 'ipv4', 6: 'ipv6' } as const;

const isSame = (found: UfwRule, wanted: UfwRule, { comment }: UfwTask): boolean =>
  found.action === wanted.action && (comment === undefined || found.comment === comment);

/** A rule about the same packets is changed where it stands. */
const withRule = (rules: readonly UfwRule[], wanted: UfwRule, at: number | undefined): UfwRule[] => {
  const index = rules.findIndex((rule) => sameMatch(rule, wanted));
  if (index !== -1) return rules.with(index, wanted);
  return rules.toSpliced(at === undefined ? rules.length : Math.min(at - 1, rules.length), 0, wanted);
};

type List = 'ipv4' | 'ipv6';

interface WantedRule {
  readonly list: List;
  readonly rule: UfwRule;
}

const withLists = (
  fact: UfwFact,
  wanted: readonly WantedRule[],
  edit: (rules: readonly UfwRule[], rule: UfwRule, list: List) => readonly UfwRule[],
): UfwFact => ({
  ...fact,
  ...Object.fromEntries(wanted.map(({ list, rule }) => [list, edit(fact[list], rule, list)])),
});

const summaryOf = (task: UfwTask): string => ruleWords({ ...task, delete: false }, undefined).join(' ');

const planRule = (task: UfwTask, fact: UfwFact): Action[] => {
  const versions = versionsOf(task, fact);
  const wanted = versions.map((version) => ({ list: lists[version], rule: wantedRule(task, fact, version) }));
  const found = wanted.map(({ list, rule }) => fact[list].find((one) => sameMatch(one, rule)));
  if (task.delete) {
    const isThere = found.some(
      (one, index) => one !== undefined && one.action === wanted[index]?.rule.action,
    );
    if (!isThere) return [];
    const after = withLists(fact, wanted, (rules, rule) =>
      rules.filter((one) => !(sameMatch(one, rule) && one.action === rule.action)),
    );
    return [runUfw(ruleWords(task, undefined), `delete rule: ${summaryOf(task)}`, after)];
  }
  const isThere = wanted.every(({ rule }, index) => {
    const one = found[index];
    return one !== undefined && isSame(one, rule, task);
  });
  if (isThere) return [];
  const insert = insertNumber(task, fact);
  const after = withLists(fact, wanted, (rules, rule, list) =>
    withRule(rules, rule, list === 'ipv4' ? insert : undefined),
  );
  const isNew = found.every((one) => one === undefined);
  // ufw puts a rule that is there already nowhere else, and refuses to be asked to.
  const words = ruleWords(task, isNew ? insert : undefined);
  return [runUfw(words, `${isNew ? 'rule' : 'change rule'}: ${summaryOf(task)}`, after)];
};

const planDefault = (task: UfwTask, policy: string, fact: UfwFact): Action[] => {
  const direction = task.direction ?? 'incoming';
  const before = fact.policies[direction];
  if (before === policy) return [];
  const after = { ...fact, policies: { ...fact.policies, [direction]: policy } };
  return [runUfw(['default', policy, direction], `default of ${direction} ${before} -> ${policy}`, after)];
};

const planLogging = (wanted: string, fact: UfwFact): Action[] => {
  const isThere = wanted === 'on' ? fact.logging !== 'off' : fact.logging === wanted;
  if (isThere) return [];
  const after = { ...fact, logging: wanted === 'on' ? 'low' : wanted };
  return [runUfw(['logging', wanted], `logging ${fact.logging} -> ${after.logging}`, after)];
};

/** As the package makes it. */
const freshFirewall = {
  isEnabled: false,
  isLoaded: false,
  logging: 'low',
  policies: { incoming: 'deny', outgoing: 'allow', routed: 'deny' },
  ipv4: [],
  ipv6: [],
};

const planState = (state: UfwTask['state'], fact: UfwFact): Action[] => {
  const isOn = fact.isEnabled && fact.isLoaded;
  switch (state) {
    case 'enabled':
      return isOn
        ? []
        : [runUfw(['enable'], 'enable the firewall', { ...fact, isEnabled: true, isLoaded: true })];
    case 'disabled':
      return fact.isEnabled || fact.isLoaded
        ? [runUfw(['disable'], 'disable the firewall', { ...fact, isEnabled: false, isLoaded: false })]
        : [];
    case 'reloaded':
      return [runUfw(['reload'], 'reload the firewall', fact, true)];
    case 'reset': {
      const after = { ...fact, ...freshFirewall };
      return [runUfw(['reset'], 'reset the firewall', after, true)];
    }
    case undefined:
      return [];
  }
};

const key = (task: UfwTask) => ufwFact(servicesIn(task));

const readFirewall = (task: UfwTask, facts: Facts): UfwFact => {
  const fact = facts.get(key(task));
  if (fact === absent)
    throw new TaskFailure('there is no ufw on the host: the package ufw brings it, so install that before');
  return fact;
};

const plan = (task: UfwTask, facts: Facts): TaskPlan => {
  const { default: policy, logging: level, state } = task;
  const change = (step: (fact: UfwFact) => Action[]) => (now: Facts) => step(readFirewall(task, now));
  const settings = [
    ...(policy === undefined ? [] : [change((fact) => planDefault(task, policy, fact))]),
    ...(task.rule === undefined ? [] : [change((fact) => planRule(task, fact))]),
    ...(level === undefined ? [] : [change((fact) => planLogging(level, fact))]),
  ];
  const states = state === undefined ? [] : [change((fact) => planState(state, fact))];
  readFirewall(task, facts);
  const steps = state === 'enabled' ? [...settings, ...states] : [...states, ...settings];
  const actions = planInSteps(facts, steps);
  return { actions, result: { commands: actions.map(({ summary }) => summary) } };
};

/** The firewall ufw. */
export const ufw = defineModule({
  name: 'ufw',
  summary: 'Keeps rules and settings of the firewall ufw.',
  examples: `
- name: ssh is let in, and no more often than is honest
  ufw:
    rule: limit
    port: "22"
    proto: tcp
- name: Everything else is not
  ufw:
    state: enabled
    default: deny
- name: The database, from the web servers
  ufw:
    rule: allow
    src: 192.0.2.0/24
    port: "5432"
    proto: tcp
    comment: web servers
- ufw:
    rule: allow
    name: OpenSSH
    delete: true
- ufw:
    logging: "on"
- ufw:
    rule: allow
    route: true
    interface_in: wg0
    interface_out: eth0
`,
  params: ufwParams,
  aliases: {
    policy: 'default',
    from: 'from_ip',
    src: 'from_ip',
    to: 'to_ip',
    dest: 'to_ip',
    port: 'to_port',
    protocol: 'proto',
    app: 'name',
    if: 'interface',
    if_in: 'interface_in',
    if_out: 'interface_out',
  },
  facts: (task) => [key(task)],
  plan,
  claims: (task) =>
    task.rule === undefined || task.delete
      ? []
      : [{ key: ufwFact(), wanted: { rule: ruleWords(task, undefined) }, prunable: false }],
});
