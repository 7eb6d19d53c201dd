import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/host.ts';
import { variables } from '../template/layers.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { nearestName } from '../util/nearest-name.ts';

export interface MatchedHosts {
  /** Names, in the order of the pattern, then of the inventory. */
  readonly hosts: readonly string[];
  /** Without spans: a pattern may come from a file or from the command line. */
  readonly diagnostics: readonly Diagnostic[];
}

const localNames = ['localhost', '127.0.0.1', '::1'];

/** The machine that runs syn-deploy, which patterns may name though no inventory has it. `all` does not mean it. */
export const implicitLocalhost = (name = 'localhost'): Host => ({
  name,
  groups: [],
  variables: [variables('implicit localhost', { ansible_connection: 'local' })],
});

/** A host by name: one of the inventory, or the implicit localhost. */
export const findHost = (name: string, inventory: Inventory): Host | undefined =>
  inventory.hosts.get(name) ?? (localNames.includes(name) ? implicitLocalhost(name) : undefined);

/** Cuts at `,` and `:`, but not inside of brackets, of a regular expression, or of an IPv6 address. */
const split = (pattern: string): readonly string[] => {
  const parts: string[] = [];
  for (const piece of pattern.split(/,(?![^[]*\])/)) {
    const bare = piece.trim().replace(/^[!&]/, '');
    const whole = bare.startsWith('~') || /^[0-9a-fA-F]*(?::[0-9a-fA-F]*){2,}$/.test(bare);
    if (whole) parts.push(piece.trim());
    else parts.push(...piece.split(/:(?![^[]*\])/).map((one) => one.trim()));
  }
  return parts.filter((part) => part !== '');
};

interface Matcher {
  readonly problems: Diagnostic[];
  readonly inventory: Inventory;
}

const report = (
  { problems }: Matcher,
  message: string,
  hint: string | undefined,
  severity: Diagnostic['severity'] = 'error',
): void => {
  problems.push({ severity, code: 'bad-host-pattern', message, hint });
};

const byTest = ({ inventory }: Matcher, test: (name: string) => boolean): readonly string[] => {
  const found = new Set<string>();
  for (const [group, hosts] of inventory.groups) if (test(group)) for (const host of hosts) found.add(host);
  for (const host of inventory.hosts.keys()) if (test(host)) found.add(host);
  return [...found];
};

const byRegex = (matcher: Matcher, source: string): readonly string[] | undefined => {
  try {
    const regex = new RegExp(`^(?:${source})`);
    return byTest(matcher, (name) => regex.test(name));
  } catch (error) {
    report(
      matcher,
      `the regular expression of the host pattern "~${source}" is wrong`,
      error instanceof Error ? error.message : undefined,
    );
    return undefined;
  }
};

const byName = (matcher: Matcher, name: string): readonly string[] | undefined => {
  const { inventory } = matcher;
  if (name === 'all' || name === '*') return inventory.groups.get('all') ?? [...inventory.hosts.keys()];
  const group = inventory.groups.get(name);
  if (group !== undefined) return group;
  if (inventory.hosts.has(name)) return [name];
  if (localNames.includes(name)) return [name];
  if (!/[*?[]/.test(name)) return undefined;
  const found = byTest(matcher, (one) => matchesGlob(one, name));
  return found.length === 0 ? undefined : found;
};

/** `group[0]`, `group[-1]`, `group[1:3]` (both included), `group[2:]`. */
const subscript = /^(.+)\[(-?\d+)(?:([:-])(\d*))?\]$/;

const pick = (hosts: readonly string[], start: number, range: boolean, end: string): readonly string[] => {
  if (range) return hosts.slice(start, end === '' ? undefined : Number(end) + 1);
  const host = hosts.at(start);
  return host === undefined ? [] : [host];
};

const match = (matcher: Matcher, part: string, excluding: boolean): readonly string[] => {
  if (part.startsWith('~')) return byRegex(matcher, part.slice(1)) ?? [];
  const found = byName(matcher, part);
  if (found !== undefined) return found;
  const [, base, start = '0', sign, end = ''] = subscript.exec(part) ?? [];
  const hosts = base === undefined ? undefined : byName(matcher, base);
  if (hosts !== undefined) {
    const picked = pick(hosts, Number(start), sign !== undefined, end);
    if (picked.length === 0)
      report(matcher, `"${part}": "${base}" has ${hosts.length} hosts, counted from 0`, undefined);
    return picked;
  }
  const { groups, hosts: all } = matcher.inventory;
  const near = nearestName(part, [...groups.keys(), ...all.keys()]);
  const hint = near === undefined ? `groups: ${[...groups.keys()].join(', ')}` : `did you mean "${near}"?`;
  report(matcher, `no host or group matches "${part}"`, hint, excluding ? 'warning' : 'error');
  return [];
};

const matchPattern = (pattern: string, matcher: Matcher): readonly string[] => {
  const parts = split(pattern);
  if (parts.length === 0) report(matcher, 'the host pattern is empty', 'all, a group, a host, web:&eu:!old');
  const wanted = parts.filter((part) => !/^[!&]/.test(part));
  let hosts = (wanted.length === 0 && parts.length > 0 ? ['all'] : wanted).flatMap((part) =>
    match(matcher, part, false),
  );
  for (const part of parts.filter((one) => one.startsWith('&'))) {
    const both = new Set(match(matcher, part.slice(1), false));
    hosts = hosts.filter((host) => both.has(host));
  }
  for (const part of parts.filter((one) => one.startsWith('!'))) {
    const out = new Set(match(matcher, part.slice(1), true));
    hosts = hosts.filter((host) => !out.has(host));
  }
  return [...new Set(hosts)];
};

/**
 * The hosts that a pattern means: names of hosts and groups, `*`, `web*`, `~regex`, `group[0]`, `group[1:3]`, joined by `:` or
 * `,`; `&` keeps what is in both, `!` takes away, wherever they stand.
 *
 * A name that nothing matches is an error; one that is only taken away is a warning.
 *
 * @param limit  a second pattern that all hosts must match too
 */
export const matchHosts = (pattern: string, inventory: Inventory, limit?: string): MatchedHosts => {
  const matcher: Matcher = { problems: [], inventory };
  const hosts = matchPattern(pattern, matcher);
  if (limit === undefined) return { hosts, diagnostics: matcher.problems };
  // Mistakes in the limit are the command line's; whoever reads that one reports them.
  const within = new Set(matchPattern(limit, { problems: [], inventory }));
  return { hosts: hosts.filter((host) => within.has(host)), diagnostics: matcher.problems };
};
