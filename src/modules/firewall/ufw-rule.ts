import type { UfwFact, UfwRule } from '../../facts/ufw.ts';
import type { UfwTask } from './ufw-params.ts';

const anywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const;
type Version = keyof typeof anywhere;

const isIpv6 = (address: string): boolean => address.includes(':');

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** `255.255.255.0` is 24. */
const prefixOf = (mask: string): number =>
  mask.includes('.') ? Math.round(32 - Math.log2(2 ** 32 - numberOf(mask))) : Number(mask);

/** As ufw keeps an address: bits that the mask hides are 0, and the mask of a single host is left out. */
const normalizeIpv4 = (text: string): string => {
  const [address = '', mask = '32'] = text.split('/');
  const prefix = prefixOf(mask);
  if (prefix === 32) return address;
  const size = 2 ** (32 - prefix);
  return `${addressOf(Math.floor(numberOf(address) / size) * size)}/${prefix}`;
};

/** In its short form; the bits that the mask hides stay. */
const normalizeIpv6 = (text: string): string => {
  const [address = '', mask] = text.split('/');
  const url = `http://[${address}]`;
  const short = URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address.toLowerCase();
  return mask === undefined || mask === '128' ? short : `${short}/${mask}`;
};

const addressIn = (text: string, version: Version): string => {
  if (text === 'any') return anywhere[version];
  return version === 6 ? normalizeIpv6(text) : normalizeIpv4(text);
};

/** Ports of a list come in their order. */
const sortPorts = (ports: string): string =>
  ports
    .split(',')
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .join(',');

const isService = (port: string | undefined): port is string =>
  port !== undefined && /^[a-z]/i.test(port) && port !== 'any';

/** Names of /etc/services that the task means. */
export const servicesIn = ({ from_port, to_port }: UfwTask): string[] =>
  [from_port, to_port].filter(isService);

const portIn = (port: string | undefined, fact: UfwFact): string => {
  if (port === undefined) return 'any';
  if (!isService(port)) return sortPorts(port);
  return fact.services[port]?.[0]?.split(' ')[1] ?? port;
};

/** A service that has one protocol only brings it along. */
const protocolIn = (task: UfwTask, fact: UfwFact): string => {
  if (task.proto !== undefined) return task.proto;
  const protocols = new Set(
    servicesIn(task).flatMap((name) => (fact.services[name] ?? []).map((port) => port.split(' ')[0] ?? '')),
  );
  return protocols.size === 1 ? ([...protocols][0] ?? 'any') : 'any';
};

const directionOf = ({
  direction,
  interface: both,
  interface_in: from,
  interface_out: to,
}: UfwTask): string => {
  if (both !== undefined) return `${direction ?? 'in'}_${both}`;
  const parts = [...(from === undefined ? [] : [`in_${from}`]), ...(to === undefined ? [] : [`out_${to}`])];
  return parts.length > 0 ? parts.join('!') : (direction ?? 'in');
};

/** IPv6 has no packets of these. */
const onlyIpv4 = new Set(['ipv6', 'igmp']);

/** For which versions of IP the task makes a rule. */
export const versionsOf = (task: UfwTask, fact: UfwFact): readonly Version[] => {
  const addresses = [task.from_ip, task.to_ip].filter((address) => address !== 'any');
  if (addresses.some(isIpv6)) return [6];
  if (addresses.length > 0 || !fact.hasIpv6 || onlyIpv4.has(task.proto ?? '')) return [4];
  return [4, 6];
};

/** The rule as ufw writes it. */
export const wantedRule = (task: UfwTask, fact: UfwFact, version: Version): UfwRule => ({
  action: `${task.route ? 'route:' : ''}${task.rule}${task.log ? '_log' : ''}`,
  protocol: protocolIn(task, fact),
  toPort: portIn(task.to_port, fact),
  to: addressIn(task.to_ip, version),
  fromPort: portIn(task.from_port, fact),
  from: addressIn(task.from_ip, version),
  toApp: task.name ?? '-',
  fromApp: '-',
  direction: directionOf(task),
  comment: task.comment ?? '',
});

/** Whether two rules are about the same packets. What a profile stands for is ufw's to know. */
export const sameMatch = (a: UfwRule, b: UfwRule): boolean =>
  a.to === b.to &&
  a.from === b.from &&
  a.direction === b.direction &&
  a.toApp === b.toApp &&
  a.fromApp === b.fromApp &&
  a.action.startsWith('route:') === b.action.startsWith('route:') &&
  a.fromPort === b.fromPort &&
  (a.toApp !== '-' || (a.protocol === b.protocol && a.toPort === b.toPort));

/** The words of `ufw` for the rule, in its long form. @param insert  the number that it gets */
export const ruleWords = (task: UfwTask, insert: number | undefined): string[] => {
  const pair = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [name, value];
  const { direction, interface: both, interface_in: from, interface_out: to } = task;
  return [
    ...(task.route ? ['route'] : []),
    ...(task.delete ? ['delete'] : []),
    ...(insert === undefined ? [] : ['insert', String(insert)]),
    task.rule ?? '',
    ...(direction === undefined ? [] : [direction]),
    ...pair('on', both),
    ...(from === undefined ? [] : ['in', 'on', from]),
    ...(to === undefined ? [] : ['out', 'on', to]),
    ...(task.log ? ['log'] : []),
    ...['from', task.from_ip, ...pair('port', task.from_port)],
    ...['to', task.to_ip, ...pair('port', task.to_port)],
    ...pair('proto', task.proto),
    ...pair('app', task.name),
    ...(task.delete ? [] : pair('comment', task.comment)),
  ];
};

/** The number that `insert` comes to; undefined: at the end. Numbers count from 1, IPv4 first. */
export const insertNumber = (
  { insert, insert_relative_to: anchor }: UfwTask,
  fact: UfwFact,
): number | undefined => {
  if (insert === undefined || anchor === 'zero') return insert;
  const [ipv4, all] = [fact.ipv4.length, fact.ipv4.length + fact.ipv6.length];
  const start = {
    'first-ipv4': 1,
    'last-ipv4': ipv4 || 1,
    'first-ipv6': ipv4 + 1,
    'last-ipv6': fact.ipv6.length === 0 ? all + 1 : all,
  }[anchor];
  return insert + start > all ? undefined : insert + start;
};
