import type { IpVersion } from '../../facts/firewall-rules.ts';
import type { IptablesTask } from '../iptables.ts';

/** A flag with a value; `!` before the value turns the test around. */
const flag = (name: string, value: string | undefined): string[] => {
  if (value === undefined || value === '') return [];
  const [, isNegated = '', rest = value] = /^(!)\s*(.*)$/s.exec(value) ?? [];
  return isNegated === '' ? [name, value] : ['!', name, rest];
};

const list = (name: string, values: readonly string[]): string[] =>
  values.length === 0 ? [] : [name, values.join(',')];

const tcpFlags = ({ tcp_flags: flags }: IptablesTask): string[] =>
  flags === undefined ? [] : ['--tcp-flags', flags.flags.join(','), flags.flags_set.join(',')];

/** Where the task names the match itself, it is not named again. */
const matched = ({ match }: IptablesTask, name: string, words: readonly string[]): string[] =>
  words.length === 0 || match.includes(name) ? [...words] : ['-m', name, ...words];

const states = (task: IptablesTask): string[] => {
  if (!task.match.includes('conntrack') && task.match.includes('state')) return list('--state', task.ctstate);
  return matched(task, 'conntrack', list('--ctstate', task.ctstate));
};

const set = (task: IptablesTask): string[] => {
  const { match_set: name, match_set_flags: flags } = task;
  if (name === undefined || flags === undefined) return [];
  return matched(task, 'set', [...flag('--match-set', name), flags]);
};

const syn = ({ syn: wanted }: IptablesTask): string[] => {
  if (wanted === 'ignore') return [];
  return wanted === 'match' ? ['--syn'] : ['!', '--syn'];
};

/** Where it goes: named by the task, or by what only one target can have. */
const targetOf = (task: IptablesTask): string | undefined => {
  if (task.jump !== undefined) return task.jump;
  if (task.log_prefix !== undefined || task.log_level !== undefined) return 'LOG';
  if (task.reject_with !== undefined) return 'REJECT';
  return undefined;
};

/**
 * The words of a rule, in the order that Ansible gives them: what `iptables -C` finds by them is the same rule, whoever made it.
 */
export const ruleWords = (task: IptablesTask, version: IpVersion): string[] => [
  ...flag('-p', task.protocol),
  ...flag('-s', task.source),
  ...flag('-d', task.destination),
  ...task.match.flatMap((name) => ['-m', name]),
  ...tcpFlags(task),
  ...flag('-j', targetOf(task)),
  ...flag('--gateway', task.gateway),
  ...flag('--log-prefix', task.log_prefix),
  ...flag('--log-level', task.log_level),
  ...flag('--to-destination', task.to_destination),
  ...matched(task, 'multiport', list('--dports', task.destination_ports)),
  ...flag('--to-source', task.to_source),
  ...flag('-g', task.goto),
  ...flag('-i', task.in_interface),
  ...flag('-o', task.out_interface),
  ...(task.fragment === undefined ? [] : task.fragment.startsWith('!') ? ['!', '-f'] : ['-f']),
  ...flag('--source-port', task.source_port),
  ...flag('--destination-port', task.destination_port),
  ...flag('--to-ports', task.to_ports),
  ...flag('--set-dscp', task.set_dscp_mark),
  ...flag('--set-dscp-class', task.set_dscp_mark_class),
  ...syn(task),
  ...states(task),
  ...matched(task, 'iprange', [
    ...flag('--src-range', task.src_range),
    ...flag('--dst-range', task.dst_range),
  ]),
  ...set(task),
  ...matched(task, 'limit', [...flag('--limit', task.limit), ...flag('--limit-burst', task.limit_burst)]),
  ...matched(task, 'owner', [...flag('--uid-owner', task.uid_owner), ...flag('--gid-owner', task.gid_owner)]),
  ...flag('--reject-with', task.reject_with),
  ...flag(version === 'ipv4' ? '--icmp-type' : '--icmpv6-type', task.icmp_type),
  ...(task.comment === undefined ? [] : ['-m', 'comment', '--comment', task.comment]),
];
