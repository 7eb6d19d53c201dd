import {
  type IpInterface,
  lastOf,
  liesIn,
  networkOf,
  parseIp,
  renderAddress,
  reverseName,
  sizeOf,
} from './ip-address.ts';
import { type Operation, operation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

const whole = (ip: IpInterface): string => `${renderAddress(ip, ip.address)}/${ip.prefix}`;

const networkWithPrefix = (ip: IpInterface): string => `${renderAddress(ip, networkOf(ip))}/${ip.prefix}`;

const netmask = (ip: IpInterface): bigint => (1n << BigInt(ip.bits)) - sizeOf(ip);

/** Not a network by itself: one address, or one of a network. */
const isHost = (ip: IpInterface): boolean => sizeOf(ip) === 1n || ip.address !== networkOf(ip);

const isAmong =
  (...networks: readonly string[]) =>
  (ip: IpInterface): boolean =>
    networks.some((network) => {
      const known = parseIp(network);
      return known !== undefined && liesIn({ ...ip, prefix: ip.bits }, known);
    });

const onlyIf =
  (holds: (ip: IpInterface) => boolean) =>
  (ip: IpInterface, written: string): unknown =>
    holds(ip) ? written : false;

const isPrivate = isAmong('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7');
const isLoopback = isAmong('127.0.0.0/8', '::1/128');
const isMulticast = isAmong('224.0.0.0/4', 'ff00::/8');
const isLinkLocal = isAmong('169.254.0.0/16', 'fe80::/10');

/** The address `shift` after the network's first. */
const shifted = (ip: IpInterface, shift: bigint): string => renderAddress(ip, networkOf(ip) + shift);

/** Of networks that are small enough to have no address of their own, all of them. */
const margin = (ip: IpInterface): bigint => (sizeOf(ip) > 2n ? 1n : 0n);

const firstUsable = (ip: IpInterface): string => shifted(ip, margin(ip));

const lastUsable = (ip: IpInterface): string =>
  renderAddress(ip, lastOf(ip) - (ip.version === 4 ? margin(ip) : 0n));

const addressOf = (ip: IpInterface): unknown => isHost(ip) && renderAddress(ip, ip.address);

/** What can be asked of an address. @see https://docs.ansible.com/ansible/latest/collections/ansible/utils/docsite/filters_ipaddr.html */
const queries: Readonly<Record<string, (ip: IpInterface, written: string) => unknown>> = {
  '': (_, written) => written,
  bool: () => true,
  address: addressOf,
  ip: addressOf,
  host: (ip) => isHost(ip) && whole(ip),
  'host/prefix': (ip) => isHost(ip) && whole(ip),
  'ip/prefix': (ip) => isHost(ip) && whole(ip),
  net: (ip) => !isHost(ip) && whole(ip),
  network: (ip) => renderAddress(ip, networkOf(ip)),
  network_id: (ip) => renderAddress(ip, networkOf(ip)),
  'network/prefix': networkWithPrefix,
  subnet: networkWithPrefix,
  cidr: networkWithPrefix,
  prefix: (ip) => ip.prefix,
  netmask: (ip) => renderAddress(ip, netmask(ip)),
  hostmask: (ip) => renderAddress(ip, sizeOf(ip) - 1n),
  wildcard: (ip) => renderAddress(ip, sizeOf(ip) - 1n),
  broadcast: (ip) => sizeOf(ip) > 2n && renderAddress(ip, lastOf(ip)),
  first_usable: firstUsable,
  last_usable: lastUsable,
  range_usable: (ip) => `${firstUsable(ip)}-${lastUsable(ip)}`,
  size: (ip) => Number(sizeOf(ip)),
  version: (ip) => ip.version,
  type: (ip) => (isHost(ip) ? 'address' : 'network'),
  int: (ip) => Number(ip.address),
  revdns: reverseName,
  ipv4: onlyIf(({ version }) => version === 4),
  ipv6: onlyIf(({ version }) => version === 6),
  private: onlyIf(isPrivate),
  public: onlyIf((ip) => ![isPrivate, isLoopback, isMulticast, isLinkLocal].some((is) => is(ip))),
  loopback: onlyIf(isLoopback),
  multicast: onlyIf(isMulticast),
  'link-local': onlyIf(isLinkLocal),
};

/** `ipaddr('1')`, the address of that number in a network, and `ipaddr('192.0.2.0/24')`, whether it lies in one. */
const askByValue = (ip: IpInterface, written: string, query: string): unknown => {
  if (/^-?\d+$/.test(query)) {
    const at = BigInt(query);
    const shift = at < 0n ? sizeOf(ip) + at : at;
    return shift >= 0n && shift < sizeOf(ip) && `${shifted(ip, shift)}/${ip.prefix}`;
  }
  const network = parseIp(query);
  if (network !== undefined) return liesIn(ip, network) && written;
  throw new OperationProblem(`ipaddr: there is no query "${query}"`, Object.keys(queries).join(', '));
};

const askOne = (value: unknown, query: string, version: number | undefined): unknown => {
  if (value === false || value === null || value === undefined || value === '') return false;
  const written = pythonText(value);
  const ip = parseIp(written);
  if (ip === undefined || (version !== undefined && ip.version !== version)) return false;
  const ask = Object.hasOwn(queries, query) ? queries[query] : undefined;
  return ask === undefined ? askByValue(ip, written, query) : ask(ip, written);
};

/** Of a list, the answers of those that have one. */
const askAll = (value: unknown, query: unknown, version?: 4 | 6): unknown => {
  const text = pythonText(query ?? '');
  if (!Array.isArray(value)) return askOne(value, text, version);
  return value.map((part) => askOne(part, text, version)).filter((answer) => answer !== false);
};

const wrapped = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(wrapped);
  const written = pythonText(value);
  const ip = parseIp(written);
  if (ip?.version !== 6) return value;
  const [address = '', ...prefix] = written.split('/');
  return [`[${address}]`, ...prefix].join('/');
};

/** Filters of addresses, after the collection ansible.utils. NOTE: of their many queries, those that are used. */
export const ipFilters: Readonly<Record<string, Operation>> = {
  ipaddr: operation(['query'], (_, value, query) => askAll(value, query)),
  ipv4: operation(['query'], (_, value, query) => askAll(value, query, 4)),
  ipv6: operation(['query'], (_, value, query) => askAll(value, query, 6)),
  ipwrap: operation([], (_, value) => wrapped(value)),
};
