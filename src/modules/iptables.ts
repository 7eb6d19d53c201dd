import { z } from 'zod';
import {
  addFirewallRule,
  type ChainPlace,
  flushChain,
  makeChain,
  removeChain,
  removeFirewallRule,
  setChainPolicy,
} from '../actions/change-firewall.ts';
import { firewallChain, firewallRule, type IpVersion, iptablesOf } from '../facts/firewall-rules.ts';
import { program } from '../facts/programs.ts';
import type { Action } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { ruleWords } from './firewall/iptables-rule.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';
import { needProgram } from './system/need-program.ts';

const words = (description: string) => text().optional().describe(description);
const list = (description: string) => textList().default([]).describe(description);

const logLevels = [
  ...['0', '1', '2', '3', '4', '5', '6', '7'],
  ...['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'],
];

const params = z
  .strictObject({
    table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).default('filter').describe('The table.'),
    chain: words('The chain: `INPUT`, or one of your own. Required but for `flush` of a table.'),
    state: z
      .enum(['present', 'absent'], { error: 'expected present or absent' })
      .default('present')
      .describe('Whether the rule (or chain) is to be there.'),
    action: z
      .enum(['append', 'insert'], { error: 'expected append or insert' })
      .default('append')
      .describe(
        'Where a new rule goes: to the end, or to the beginning. One that is there stays where it is.',
      ),
    rule_num: integer().optional().describe('With `insert`: the number that it gets.'),
    ip_version: z
      .enum(['ipv4', 'ipv6', 'both'], { error: 'expected ipv4, ipv6 or both' })
      .default('ipv4')
      .describe('iptables, ip6tables, or both.'),
    protocol: words('`tcp`, `udp`, `icmp`, a number; `!tcp` for all others.'),
    source: words('Address or network; `!` before it for all others.'),
    destination: words('Address or network; `!` before it for all others.'),
    match: list('Extensions by which it matches, in this order.'),
    tcp_flags: z
      .strictObject({
        flags: textList().describe('Flags that are looked at.'),
        flags_set: textList().describe('Those of them that are set.'),
      })
      .optional()
      .describe('Flags of TCP.'),
    jump: words('What is done: `ACCEPT`, `DROP`, a chain.'),
    gateway: words('With jump TEE: where copies go.'),
    log_prefix: words('With jump LOG: a text before the line.'),
    log_level: text()
      .refine((level) => logLevels.includes(level), { error: `expected one of ${logLevels.join(', ')}` })
      .optional()
      .describe('With jump LOG: how grave it is.'),
    goto: words('A chain to go on in, without coming back.'),
    in_interface: words('By which interface it came; `+` at the end for all that begin so.'),
    out_interface: words('By which interface it goes.'),
    fragment: words('Only fragments after the first; `!` for all others.'),
    set_counters: words('Packets and bytes that a new rule starts to count from: `0 0`.'),
    source_port: words('Port, or `first:last`.'),
    destination_port: words('Port, or `first:last`.'),
    destination_ports: list('Several of them.'),
    to_ports: words('With jump REDIRECT or MASQUERADE: the port.'),
    to_destination: words('With jump DNAT: the address.'),
    to_source: words('With jump SNAT: the address.'),
    syn: z
      .enum(['ignore', 'match', 'negate'], { error: 'expected ignore, match or negate' })
      .default('ignore')
      .describe('Only packets that open a connection, or all others.'),
    set_dscp_mark: words('With jump DSCP: the mark.'),
    set_dscp_mark_class: words('With jump DSCP: the class.'),
    comment: words('A comment, by which people know the rule. It is part of it.'),
    ctstate: list('States of the connection: `NEW`, `ESTABLISHED`, `RELATED`, `INVALID`, …'),
    src_range: words('First and last address of the source: `192.0.2.1-192.0.2.9`.'),
    dst_range: words('First and last address of the destination.'),
    match_set: words('A set of ipset.'),
    match_set_flags: z
      .enum(['src', 'dst', 'src,dst', 'dst,src', 'dst,dst', 'src,src'])
      .optional()
      .describe('What of the packet is looked up in the set.'),
    limit: words('How often at most: `5/minute`.'),
    limit_burst: words('How many before the limit holds.'),
    uid_owner: words('Whose packet it is; `!` before it for all others.'),
    gid_owner: words('Of which group.'),
    reject_with: words('What the sender is told; jump REJECT.'),
    icmp_type: words('Type of ICMP.'),
    flush: boolean().default(false).describe('Remove all rules of the chain, or of the table.'),
    policy: z
      .enum(['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], { error: 'expected ACCEPT, DROP, QUEUE or RETURN' })
      .optional()
      .describe('What is done with packets that no rule of the chain has decided on.'),
    wait: words('Seconds to wait for another iptables. Default: until it has ended.'),
    chain_management: boolean()
      .default(false)
      .describe('Without a rule: make the chain, or remove it (it must be empty).'),
    numeric: boolean().default(false).describe('Accepted: names are never looked up.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.chain === undefined && !task.flush) complain('chain is required, but for flush', 'chain');
    if (task.flush && task.policy !== undefined) complain('flush and policy exclude each other', 'policy');
    if (task.set_dscp_mark !== undefined && task.set_dscp_mark_class !== undefined)
      complain('set_dscp_mark and set_dscp_mark_class exclude each other', 'set_dscp_mark_class');
    for (const key of ['set_dscp_mark', 'set_dscp_mark_class'] as const)
      if (task[key] !== undefined && task.jump === undefined) complain(`${key} goes with jump: DSCP`, key);
    if (task.jump?.toUpperCase() === 'TEE' && task.gateway === undefined)
      complain('gateway is required with jump TEE', 'gateway');
    if ((task.log_prefix ?? task.log_level) !== undefined && ![undefined, 'LOG'].includes(task.jump))
      complain('log_prefix and log_level go with jump: LOG', 'jump');
    if ((task.match_set === undefined) !== (task.match_set_flags === undefined))
      complain('match_set and match_set_flags go together', 'match_set');
    if (task.rule_num !== undefined && task.action !== 'insert')
      complain('rule_num goes with action: insert', 'rule_num');
  });

export type IptablesTask = z.infer<typeof params>;

const versionsOf = ({ ip_version: version }: IptablesTask): readonly IpVersion[] =>
  version === 'both' ? ['ipv4', 'ipv6'] : [version];

const placeOf = (task: IptablesTask, version: IpVersion): ChainPlace => ({
  version,
  table: task.table,
  chain: task.chain ?? '*',
  wait: task.wait,
});

const isAboutChain = (task: IptablesTask): boolean =>
  task.flush || task.policy !== undefined || ruleWords(task, 'ipv4').length === 0;

const keyOf = (task: IptablesTask, version: IpVersion): FactKey => {
  const { table, chain } = placeOf(task, version);
  return isAboutChain(task)
    ? firewallChain(version, table, chain)
    : firewallRule(version, table, chain, ruleWords(task, version));
};

const planRule = (task: IptablesTask, facts: Facts, version: IpVersion): Action[] => {
  const at = placeOf(task, version);
  const rule = ruleWords(task, version);
  const isThere = facts.get(firewallRule(version, at.table, at.chain, rule)) !== absent;
  if (isThere === (task.state === 'present')) return [];
  if (task.state === 'absent') return [removeFirewallRule(at, rule)];
  const counters = task.set_counters === undefined ? [] : ['-c', ...task.set_counters.split(/[\s,]+/)];
  return [addFirewallRule(at, rule, task.action === 'append' ? 'append' : task.rule_num, counters)];
};

const planChain = (task: IptablesTask, facts: Facts, version: IpVersion): Action[] => {
  const at = placeOf(task, version);
  const fact = facts.get(firewallChain(version, at.table, at.chain));
  const name = `${iptablesOf(version)} ${at.table} ${at.chain}`;
  if (task.flush) return fact === absent || fact.rules === 0 ? [] : [flushChain(at, fact)];
  if (task.policy !== undefined) {
    if (fact === absent || fact.policy === '')
      throw new TaskFailure(`${name} has no policy: only chains of the kernel itself have one`);
    return fact.policy === task.policy ? [] : [setChainPolicy(at, task.policy, fact)];
  }
  if ((fact !== absent) === (task.state === 'present')) return [];
  if (!task.chain_management)
    throw new TaskFailure(
      `${name} is ${fact === absent ? 'not ' : ''}there: chain_management: true lets chains be made and removed`,
    );
  return [task.state === 'present' ? makeChain(at) : removeChain(at)];
};

const plan = (task: IptablesTask, facts: Facts): TaskPlan => {
  const versions = versionsOf(task);
  for (const version of versions) needProgram(facts, iptablesOf(version), 'iptables');
  const step = isAboutChain(task) ? planChain : planRule;
  const { ip_version, table, chain = null, flush, state, chain_management, wait = null } = task;
  const rule = ruleWords(task, versions[0] ?? 'ipv4').join(' ');
  return {
    actions: versions.flatMap((version) => step(task, facts, version)),
    result: { ip_version, table, chain, flush, rule, state, chain_management, wait },
  };
};

/** Rules of the packet filter. */
export const iptables = defineModule({
  name: 'iptables',
  summary:
    'Keeps rules of iptables in the running kernel. They are gone after a boot, unless something saves them.',
  examples: `
- name: The web is open
  iptables:
    chain: INPUT
    protocol: tcp
    destination_ports: ["80", "443"]
    ctstate: NEW
    jump: ACCEPT
    comment: web
- iptables:
    chain: INPUT
    ctstate: [ESTABLISHED, RELATED]
    jump: ACCEPT
    action: insert
- iptables:
    table: nat
    chain: PREROUTING
    in_interface: eth0
    protocol: tcp
    destination_port: "80"
    jump: REDIRECT
    to_ports: "8080"
- iptables:
    chain: INPUT
    policy: DROP
- iptables:
    chain: OWN
    chain_management: true
`,
  params,
  facts: (task) =>
    versionsOf(task).flatMap((version) => [keyOf(task, version), program(iptablesOf(version))]),
  plan,
});
