import { z } from 'zod';
import { runUfw } from '../actions/run-ufw.ts';
import { type UfwFact, type UfwRule, ufw as ufwFact } from '../facts/ufw.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { planInSteps } from './files/plan-in-steps.ts';
import {
  insertNumber,
  ruleWords,
  sameMatch,
  servicesIn,
  versionsOf,
  wantedRule,
} from './firewall/ufw-rule.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { text } from './params/text.ts';

const address = (description: string) =>
  text()
    .refine(
      (value) => /^(?:any|\d+(?:\.\d+){3}(?:\/[\d.]+)?|[0-9a-f:.]*:[0-9a-f:.]*(?:\/\d+)?)$/i.test(value),
      {
        error: 'expected an address, a network or any',
      },
    )
    .default('any')
    .describe(description);

const port = (description: string) =>
  text()
    .refine((value) => /^(?:any|[a-zA-Z][\w+.-]*|\d+(?::\d+)?(?:,\d+(?::\d+)?)*)$/.test(value), {
      error: 'expected a port, first:last, a list with commas, or the name of a service',
    })
    .optional()
    .describe(description);

const word = (description: string) =>
  text()
    .refine((value) => /^[^\s!]+$/.test(value), { error: 'expected the name of an interface' })
    .optional()
    .describe(description);

const protocols = ['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp', 'vrrp'] as const;

/** `logging: on` is true in YAML. */
const logging = z
  .union(
    [
      z.boolean().transform((value): string => (value ? 'on' : 'off')),
      z.enum(['on', 'off', 'low', 'medium', 'high', 'full']),
    ],
    { error: 'expected on, off, low, medium, high or full' },
  )
  .optional()
  .describe('Whether packets are noted in the log, and how many.');

const params = z
  .strictObject({
    state: z
      .enum(['enabled', 'disabled', 'reloaded', 'reset'], {
        error: 'expected enabled, disabled, reloaded or reset',
      })
      .optional()
      .describe(
        '`enabled`: on, now and at boot; `disabled`: off. `reloaded` and `reset` happen at every run. What else the task says is done before it is enabled.',
      ),
    default: z
      .enum(['allow', 'deny', 'reject'], { error: 'expected allow, deny or reject' })
      .optional()
      .describe('What is done with packets of the direction that no rule has decided on.'),
    direction: z
      .enum(['in', 'out', 'incoming', 'outgoing', 'routed'])
      .optional()
      .describe('Of a rule: in or out; of `default`: incoming (default), outgoing or routed.'),
    logging,
    rule: z
      .enum(['allow', 'deny', 'limit', 'reject'], { error: 'expected allow, deny, limit or reject' })
      .optional()
      .describe('A rule that does this.'),
    delete: boolean().default(false).describe('The rule is to be gone.'),
    insert: integer()
      .optional()
      .describe('The number that a new rule gets. One that is there stays where it is.'),
    insert_relative_to: z
      .enum(['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'])
      .default('zero')
      .describe('What `insert` is counted from.'),
    log: boolean().default(false).describe('Note new connections of the rule in the log.'),
    from_ip: address('Where packets come from.'),
    from_port: port('The port that they come from.'),
    to_ip: address('Where they go.'),
    to_port: port('The port that they go to.'),
    proto: z
      .enum(protocols, { error: `expected one of ${protocols.join(', ')}` })
      .optional()
      .describe('The protocol.'),
    name: text().optional().describe('A profile of /etc/ufw/applications.d, in place of ports and protocol.'),
    interface: word('The interface, with `direction`.'),
    interface_in: word('The interface that they come by.'),
    interface_out: word('The interface that they go by.'),
    route: boolean().default(false).describe('The rule is about packets that are passed on.'),
    comment: text()
      .refine((value) => /^[^\n\r']*$/.test(value), { error: 'expected one line without single quotes' })
      .optional()
      .describe('A comment on the rule.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if ([task.state, task.default, task.logging, task.rule].every((value) => value === undefined))
      complain('one of state, default, rule and logging is required', 'rule');
    const isLong = ['incoming', 'outgoing', 'routed'].includes(task.direction ?? '');
    if (task.rule !== undefined && isLong) complain('of a rule direction is in or out', 'direction');
    if (task.default !== undefined && ['in', 'out'].includes(task.direction ?? ''))
      complain('of default direction is incoming, outgoing or routed', 'direction');
    if (task.name !== undefined && task.proto !== undefined)
      complain('name and proto exclude each other', 'proto');
    if (task.name !== undefined && task.to_port !== undefined)
      complain('name and to_port exclude each other', 'to_port');
    if (task.interface !== undefined && task.direction === undefined)
      complain('direction is required with interface', 'interface');
    for (const key of ['interface_in', 'interface_out'] as const) {
      if (task[key] !== undefined && task.direction !== undefined)
        complain(`${key} and direction exclude each other`, key);
      if (task[key] !== undefined && task.interface !== undefined)
        complain(`${key} and interface exclude each other`, key);
    }
    if (!task.route && task.interface_in !== undefined && task.interface_out !== undefined)
      complain('only with route: true a rule has two interfaces', 'interface_out');
  });

export type UfwTask = z.infer<typeof params>;

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
  params,
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
