/** An address, and how many of its first bits name a network; all of them for an address alone. */
export interface IpInterface {
  readonly version: 4 | 6;
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
};

/** `a:b:192.0.2.1` as eight groups would have it. */
const withoutDots = (text: string): string | undefined => {
  const [, before, dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  if (before === undefined || dotted === undefined) return text;
  const low = parseV4(dotted);
  return low === undefined
    ? undefined
    : `${before}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
};

const groupsIn = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

const parseV6 = (text: string): bigint | undefined => {
  const [head, tail, ...more] = (withoutDots(text) ?? '').split('::');
  if (head === undefined || more.length > 0) return undefined;
  const [left, right] = [groupsIn(head), groupsIn(tail ?? '')];
  const gap = 8 - left.length - right.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const groups = [...left, ...Array.from({ length: gap }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
};

const renderV4 = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');

/** The longest run of zeros is left out, the first of such. @see RFC 5952, section 4 */
const renderV6 = (address: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((address >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(':').matchAll(/(?<![^:])0(?::0)+(?![^:])/g)];
  const longest = runs.reduce<string>((best, [run]) => (run.length > best.length ? run : best), '');
  const text = groups.join(':');
  if (longest === '') return text;
  const run = runs.find(([found]) => found === longest);
  const before = text.slice(0, run?.index).replace(/:$/, '');
  const after = text.slice((run?.index ?? 0) + longest.length).replace(/^:/, '');
  return `${before}::${after}`;
};

/** Bits of a network, from `24` or from `255.255.255.0`. */
const parsePrefix = (text: string, bits: 32 | 128): number | undefined => {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= bits ? Number(text) : undefined;
  const mask = bits === 32 ? parseV4(text) : undefined;
  const [, ones] = mask === undefined ? [] : (/^(1*)0*$/.exec(mask.toString(2).padStart(32, '0')) ?? []);
  return ones?.length;
};

/** Reads `192.0.2.1`, `2001:db8::/32`, `192.0.2.0/255.255.255.0`. @returns undefined for anything else */
export const parseIp = (text: string): IpInterface | undefined => {
  const [written = '', suffix, ...more] = text.trim().split('/');
  if (more.length > 0) return undefined;
  const [version, bits] = written.includes(':') ? ([6, 128] as const) : ([4, 32] as const);
  const address = version === 6 ? parseV6(written) : parseV4(written);
  const prefix = suffix === undefined ? bits : parsePrefix(suffix, bits);
  return address === undefined || prefix === undefined ? undefined : { version, bits, address, prefix };
};

export const renderAddress = ({ version }: Pick<IpInterface, 'version'>, address: bigint): string =>
  version === 4 ? renderV4(address) : renderV6(address);

export const sizeOf = ({ bits, prefix }: IpInterface): bigint => 1n << BigInt(bits - prefix);

/** Its first address. */
export const networkOf = (ip: IpInterface): bigint => ip.address - (ip.address % sizeOf(ip));

export const lastOf = (ip: IpInterface): bigint => networkOf(ip) + sizeOf(ip) - 1n;

/** Whether all of `ip` lies in the network. */
export const liesIn = (ip: IpInterface, network: IpInterface): boolean =>
  ip.version === network.version && networkOf(ip) >= networkOf(network) && lastOf(ip) <= lastOf(network);

/** The name that DNS has for an address: `1.2.0.192.in-addr.arpa.` */
export const reverseName = ({ version, address }: IpInterface): string => {
  const parts = version === 4 ? renderV4(address).split('.') : [...address.toString(16).padStart(32, '0')];
  return `${parts.reverse().join('.')}.${version === 4 ? 'in-addr' : 'ip6'}.arpa.`;
};
