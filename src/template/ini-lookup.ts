import type { Named } from './lookup-plugins.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonRegex } from './python-regex.ts';
import { pythonText } from './python-text.ts';

type Section = ReadonlyMap<string, string>;

/** As Python's configparser reads: `[section]`, `key = value` or `key: value`, indented lines go on with the value. */
const readIni = (text: string, isCased: boolean, first: string): ReadonlyMap<string, Section> => {
  const sections = new Map<string, Map<string, string>>();
  const open = (name: string): Map<string, string> => {
    const section = sections.get(name) ?? new Map<string, string>();
    sections.set(name, section);
    return section;
  };
  let section = open(first);
  let last: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]\s*$/.exec(line)?.[1];
    const [, key, value = ''] = /^([^=:\s][^=:]*?)\s*(?:[=:]\s*(.*))?$/.exec(line) ?? [];
    if (header !== undefined) [section, last] = [open(header), undefined];
    else if (/^\s/.test(line) && last !== undefined)
      section.set(last, `${section.get(last) ?? ''}\n${line.trim()}`);
    else if (key !== undefined) {
      last = isCased ? key : key.toLowerCase();
      section.set(last, value.trim());
    }
  }
  return sections;
};

const isYes = (value: unknown): boolean => value === true || /^(?:true|yes|on|1)$/i.test(String(value ?? ''));

/** Values of an INI or properties file: of one key, or of all that fit where `re` is set. @throws OperationProblem */
export const iniValues = (text: string, key: string, options: Named): readonly unknown[] => {
  const isProperties = options['type'] === 'properties';
  const name = isProperties ? 'properties' : pythonText(options['section'] ?? 'global');
  const isCased = isYes(options['case_sensitive']);
  const sections = readIni(text, isCased, isProperties ? 'properties' : '');
  const section = sections.get(name);
  if (section === undefined && options['default'] === undefined)
    throw new OperationProblem(`lookup('ini'): there is no section "${name}"`);
  if (isYes(options['re'])) {
    const pattern = pythonRegex(key, { anchor: 'start' });
    return [...(section ?? [])].filter(([one]) => one.search(pattern) >= 0).map(([, value]) => value);
  }
  const found = section?.get(isCased ? key : key.toLowerCase());
  return [found ?? options['default'] ?? ''];
};
