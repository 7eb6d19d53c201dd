import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/host.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { didYouMeanOr, nearestName } from '../util/nearest-name.ts';
import { localNames } from './local-names.ts';

export interface MatchedHosts {
  /** Names, in the order of the pattern, then of the inventory. */
  readonly hosts: readonly string[];
  /** Without spans: a pattern may come from a file or from the command line. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A host by name: one of the inventory, or the implicit localhost, which `all` does not mean. */
export const findHost = (name: string, inventory: Inventory): Host | undefined =>
  inventory.hosts.get(name) ?? inventory.implicit.get(name);

const isIpv6 = (text: string): boolean =>
  /^[0-9a-fA-F:.]+$/.test(text) && (text.includes('::') || text.split(':').length === 8);

/** Cuts at `,`, `:` and spaces, but not inside of brackets, of the `(?:` of a regular expression, or of an IPv6 address. */
const split = (pattern: string): readonly string[] =>
  pattern.split(',').flatMap((piece): readonly string[] => {
    const whole = piece.trim();
    if (isIpv6(whole.replace(/^[!&]/, ''))) return [whole];
    return whole.match(/(?:[^\s:[\]]|\[[^\]]*\]|(?<=\(\?):)+/g) ?? [];
  });

interface Matcher {
  readonly problems: Diagnostic[];
  readonly inventory: Inventory;
  readonly mayCome?: ((name: string) => boolean) | undefined;
}

const report = (
  { problems }: Matcher,
  message: string,
  hint: string | undefined,
  severity: Diagnostic['severity'] = 'error',
): void => {
  problems.push({ severity, code: 'bad-host-pattern', message, hint });
};

/** undefined: reported. */
const testOf = (matcher: Matcher, name: string): ((one: string) => boolean) | undefined => {
  if (!name.startsWith('~')) return (one) => matchesGlob(one, name);
  try {
    const regex = new RegExp(`^(?:${name.slice(1)})`);
    return (one) => regex.test(one);
  } catch (error) {
    report(
      matcher,
      `the regular expression of the host pattern "${name}" is wrong`,
      error instanceof Error ? error.message : undefined,
    );
    return undefined;
  }
};

const reportUnknown = (matcher: Matcher, name: string, excluding: boolean): void => {
  if (matcher.mayCome?.(name) === true) return;
  const { groups, hosts } = matcher.inventory;
  const near = nearestName(name, [...groups.keys(), ...hosts.keys()]);
  const hint = didYouMeanOr(near, `groups: ${[...groups.keys()].join(', ')}`);
  report(matcher, `no host or group matches "${name}"`, hint, excluding ? 'warning' : 'error');
};

/** Groups first; hosts where there is no such group, or the name is a pattern. */
const byName = (matcher: Matcher, name: string, excluding: boolean): readonly string[] => {
  const test = testOf(matcher, name);
  if (test === undefined) return [];
  const { groups, hosts } = matcher.inventory;
  const ofGroups = [...groups].filter(([group]) => test(group));
  const own = ofGroups.length === 0 || /^~|[.?*[]/.test(name) ? [...hosts.keys()].filter(test) : [];
  if (ofGroups.length === 0 && own.length === 0) {
    if (localNames.includes(name)) return [[...hosts.keys()].find((one) => localNames.includes(one)) ?? name];
    reportUnknown(matcher, name, excluding);
  }
  return [...new Set([...ofGroups.flatMap(([, members]) => members), ...own])];
};

/** `group[0]`, `group[-1]`, `group[1:3]` (both included), `group[2:]`. */
const subscript = /^([^~].*)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/;

/** What looks like a subscript; Ansible takes it for a choice of letters, and finds hosts that nobody meant. */
const noSubscript = /^[^~].*\[(?::\d*|-\d+:-?\d*|\d+:-\d+)\]$/;

const match = (matcher: Matcher, part: string, excluding: boolean): readonly string[] => {
  if (noSubscript.test(part)) {
    report(matcher, `"${part}" is no range of hosts`, 'web[0:2] (both included), web[1:], web[-1]');
    return [];
  }
  const [, base = part, index, start, end = ''] = subscript.exec(part) ?? [];
  const hosts = byName(matcher, base, excluding);
  if (start !== undefined) return hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1);
  if (index === undefined || hosts.length === 0) return hosts;
  const host = hosts.at(Number(index));
  if (host !== undefined) return [host];
  report(matcher, `"${part}": "${base}" has ${hosts.length} hosts, counted from 0`, undefined);
  return [];
};

const matchPattern = (pattern: string, matcher: Matcher): readonly string[] => {
  const parts = split(pattern);
  if (parts.length === 0) report(matcher, 'the host pattern is empty', 'all, a group, a host, web:&eu:!old');
  const wanted = parts.filter((part) => !/^[!&]/.test(part));
  let hosts = (wanted.length === 0 && parts.length > 0 ? ['all'] : wanted).flatMap((part) =>
    // The host where a group has the same name; what is taken away or kept of it is the group, as in Ansible.
    matcher.inventory.hosts.has(part) ? [part] : match(matcher, part, false),
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
 * The hosts that a pattern means: names of hosts and groups, `*`, `web*`, `~regex`, `group[0]`, `group[1:3]`, joined by `:`
 * or `,`; `&` keeps what is in both, `!` takes away, wherever they stand.
 *
 * A name that nothing matches is an error; one that is only taken away is a warning.
 *
 * @param limit    a second pattern that all hosts must match too
 * @param mayCome  names of hosts and groups that tasks may add to the inventory
 */
export const matchHosts = (
  pattern: string,
  inventory: Inventory,
  limit?: string,
  mayCome?: (name: string) => boolean,
): MatchedHosts => {
  const matcher: Matcher = { problems: [], inventory, mayCome };
  const hosts = matchPattern(pattern, matcher);
  if (limit === undefined) return { hosts, diagnostics: matcher.problems };
  // Mistakes in the limit are the command line's; whoever reads that one reports them.
  const within = new Set(matchPattern(limit, { problems: [], inventory }));
  return { hosts: hosts.filter((host) => within.has(host)), diagnostics: matcher.problems };
};
