import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** Something on the host listens there. */
export interface SocketFact {
  /** Local addresses as the kernel has them: `0.0.0.0`, `127.0.0.1`, `::`; of a UNIX socket its path. */
  readonly addresses: readonly string[];
}

/**
 * The fact "who listens on this TCP port of the host". Absent: nobody.
 *
 * @param address  only this local address (or the wildcard, which takes its connections too); IPv6 in full lower-case
 *   or compressed form
 */
export const tcpSocket = (port: number, address?: string): FactKey<SocketFact> => ({
  kind: 'socket',
  id: address === undefined ? `tcp:${port}` : `tcp:${address}:${port}`,
});

/** The fact "something listens on this UNIX socket". Absent also where the file is there but nobody listens. */
export const unixSocket = (path: string): FactKey<SocketFact> => ({ kind: 'socket', id: `unix:${path}` });

/** To read the tables of TCP takes the kernel 5 ms each: it walks its whole hash. */
const tablesOf = (keys: readonly FactKey<SocketFact>[]): readonly string[] => [
  ...(keys.some(({ id }) => id.startsWith('tcp:')) ? ['tcp', 'tcp6'] : []),
  ...(keys.some(({ id }) => id.startsWith('unix:')) ? ['unix'] : []),
];

/**
 * Output: of `@tcp`, `@tcp6`, `@unix` those that are asked about, each followed by the kernel's table, see proc(5). A kernel
 * without IPv6 has no tcp6. The last one has no end: the kernel prints names of sockets as they are, line breaks too, and any account
 * may have made one up.
 */
const script = (keys: readonly FactKey<SocketFact>[]) =>
  sh`for table in ${tablesOf(keys)}; do printf '@%s\n' "$table"; cat "/proc/net/$table" 2>/dev/null || :; done`;

/** The kernel prints addresses as 32-bit words in the host's byte order; all of Debian's release machines but s390x are little-endian. */
const bytesOf = (hex: string): number[] =>
  (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );

/** The address in RFC 5952's form, IPv4-mapped ones as IPv4. */
const addressOf = (hex: string): string => {
  const bytes = bytesOf(hex);
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return compress(groups.join(':'));
};

/** `0:0:0:0:0:0:0:1` → `::1`: the longest run of zero groups, the first of equals. */
const compress = (address: string): string => {
  const runs = address.match(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return address;
  const at = address.search(new RegExp(`(?<![0-9a-f])${longest}(?![0-9a-f])`));
  const before = address.slice(0, at).replace(/:$/, '');
  const after = address.slice(at + longest.length).replace(/^:/, '');
  return `${before}::${after}`;
};

const listening = '0A';
/** __SO_ACCEPTCON of a UNIX socket's flags: somebody listens. */
const acceptsConnections = 0x10000;

interface Listeners {
  readonly tcp: ReadonlyMap<number, readonly string[]>;
  readonly unix: ReadonlySet<string>;
}

const parseTables = (output: string): Listeners => {
  const tcp = new Map<number, string[]>();
  const unix = new Set<string>();
  let table = '';
  for (const line of output.split('\n')) {
    const [, head] = (table === 'unix' ? null : /^@(tcp6?|unix)$/.exec(line)) ?? [];
    if (head !== undefined) table = head;
    else if (table === 'unix') {
      const [, flags = '0', path] = /^\S+: \S+ \S+ (\S+) \S+ \S+ +\d+ (\/.*)$/.exec(line) ?? [];
      if (path !== undefined && (Number.parseInt(flags, 16) & acceptsConnections) !== 0) unix.add(path);
    } else if (line !== '' && !line.includes('local_address')) {
      const match = /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line);
      if (table === '' || match === null)
        throw new StrangeOutput(`unexpected line among the sockets: ${JSON.stringify(line.slice(0, 200))}`);
      const [, hex = '', port = '', state] = match;
      if (state === listening) {
        const number = Number.parseInt(port, 16);
        tcp.set(number, [...(tcp.get(number) ?? []), addressOf(hex)]);
      }
    }
  }
  return { tcp, unix };
};

const wildcards = ['0.0.0.0', '::'];

const look = ({ tcp, unix }: Listeners, id: string): Observed<SocketFact> => {
  if (id.startsWith('unix:')) {
    const path = id.slice('unix:'.length);
    return unix.has(path) ? { addresses: [path] } : 'absent';
  }
  const [, address, port] = /^tcp:(?:(.*):)?(\d+)$/.exec(id) ?? [];
  const addresses = (tcp.get(Number(port)) ?? []).filter(
    (local) => address === undefined || local === address || wildcards.includes(local),
  );
  return addresses.length === 0 ? 'absent' : { addresses: [...new Set(addresses)].sort() };
};

/** At most three reads of /proc. */
export const sockets: FactKind<SocketFact> = {
  kind: 'socket',
  script,
  parse(output, keys) {
    const listeners = parseTables(output);
    return new Map(keys.map(({ id }) => [id, look(listeners, id)]));
  },
};
