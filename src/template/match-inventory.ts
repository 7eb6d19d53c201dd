import { listOf } from './list-of.ts';
import { pythonRegex } from './python-regex.ts';

type Groups = Readonly<Record<string, unknown>>;

const matcherOf = (pattern: string): ((name: string) => boolean) => {
  if (pattern.startsWith('~')) {
    const regex = pythonRegex(pattern.slice(1), { anchor: 'start' });
    return (name) => name.search(regex) >= 0;
  }
  if (!/[*?[]/.test(pattern)) return (name) => name === pattern;
  const escaped = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  const regex = new RegExp(`^${escaped}$`);
  return (name) => name.search(regex) >= 0;
};

const hostsOf = (pattern: string, groups: Groups): readonly string[] => {
  const all = Object.values(groups).flatMap((hosts) => listOf(hosts, 'groups').map(String));
  if (pattern === 'all' || pattern === '*') return all;
  const fits = matcherOf(pattern);
  const inGroups = Object.keys(groups)
    .filter(fits)
    .flatMap((group) => listOf(groups[group], 'groups').map(String));
  return [...inGroups, ...all.filter(fits)];
};

/**
 * Names of the hosts that a pattern of Ansible's means: `web:&eu:!old`.
 *
 * @param groups  the variable of that name: names of hosts by group
 */
export const matchInventory = (pattern: string, groups: Groups): readonly string[] => {
  const parts = pattern
    .split(/[,:]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const plain = parts.filter((part) => !/^[!&]/.test(part));
  let found = new Set((plain.length === 0 ? ['all'] : plain).flatMap((part) => hostsOf(part, groups)));
  for (const part of parts.filter((one) => one.startsWith('&')))
    found = new Set(hostsOf(part.slice(1), groups).filter((host) => found.has(host)));
  for (const part of parts.filter((one) => one.startsWith('!')))
    for (const host of hostsOf(part.slice(1), groups)) found.delete(host);
  return [...found];
};
