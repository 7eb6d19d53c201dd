import { normalizeDistribution } from '../../facts/pip-packages.ts';
import { matchesPythonSpecifier } from '../../util/matches-python-specifier.ts';

/** One thing that pip is to install. */
export interface Requirement {
  /** As pip is told. */
  readonly written: string;
  /** Normalized; undefined: it only shows once it is installed (an address, a folder). */
  readonly name: string | undefined;
  /** `>=1.2,<2`; empty: any version. */
  readonly specifier: string;
  /** `python_version < "3.9"`; empty: always. */
  readonly marker: string;
}

const plain =
  /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:\(([^)]*)\)|((?:===|~=|==|!=|<=|>=|<|>)[^;@]*))?\s*(?:;\s*(.*?))?\s*$/;
const archive = /^(?:.*\/)?([A-Za-z0-9._]+?)-(\d[^-/]*)(?:-[^/]*\.whl|\.tar\.gz|\.zip)(?:[?#].*)?$/;
const egg = /#(?:.*&)?egg=([A-Za-z0-9._-]+)/;
const direct = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*@\s*\S+/;

/** Reads a requirement as pip takes it: a name with extras and versions, an archive, an address. */
export const parseRequirement = (written: string): Requirement => {
  const named = plain.exec(written);
  if (named !== null) {
    const [, name = '', bracketed, bare, marker = ''] = named;
    const specifier = (bracketed ?? bare ?? '').trim();
    return { written, name: normalizeDistribution(name), specifier, marker };
  }
  const file = archive.exec(written);
  if (file !== null)
    return { written, name: normalizeDistribution(file[1] ?? ''), specifier: `==${file[2]}`, marker: '' };
  const name = direct.exec(written)?.[1] ?? egg.exec(written)?.[1];
  return {
    written,
    name: name === undefined ? undefined : normalizeDistribution(name),
    specifier: '',
    marker: '',
  };
};

/** Values of the markers that can be told without asking Python. */
const surroundings = (python: string): Readonly<Record<string, string>> => ({
  python_version: python,
  sys_platform: 'linux',
  platform_system: 'Linux',
  os_name: 'posix',
});

const compareMarker = (
  name: string,
  operator: string,
  value: string,
  python: string,
): boolean | undefined => {
  const found = surroundings(python)[name];
  if (found === undefined || found === '') return undefined;
  if (name === 'python_version') return matchesPythonSpecifier(found, `${operator}${value}`);
  if (operator === '==') return found === value;
  return operator === '!=' ? found !== value : undefined;
};

/** Whether a marker lets the requirement count; undefined: only Python can tell. */
export const isMeant = (marker: string, python: string): boolean | undefined => {
  if (marker === '') return true;
  if (/[()]/.test(marker)) return undefined;
  const answers = marker.split(/\s+or\s+/).map((alternative) => {
    const parts = alternative.split(/\s+and\s+/).map((part) => {
      const match = /^\s*(\w+)\s*(==|!=|<=|>=|<|>)\s*(['"])(.*?)\3\s*$/.exec(part);
      return match === null
        ? undefined
        : compareMarker(match[1] ?? '', match[2] ?? '', match[4] ?? '', python);
    });
    if (parts.includes(false)) return false;
    return parts.includes(undefined) ? undefined : true;
  });
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
};

/** What is installed in place shows by its name, where the address says it. */
const parseInPlace = (written: string, address: string): Requirement => ({
  ...parseRequirement(address),
  written,
  ...(egg.test(address) ? {} : { name: undefined }),
});

/** What a line of a requirements file asks for. */
export type RequirementLine =
  | { readonly type: 'requirement'; readonly requirement: Requirement }
  | { readonly type: 'file'; readonly path: string };

const ownOptions = /\s+--(?:hash|global-option|install-option|config-settings)[= ]\S+/g;

const parseLine = (line: string): readonly RequirementLine[] => {
  const text = line
    .replace(/(?:^|\s+)#.*$/, '')
    .replaceAll(ownOptions, '')
    .trim();
  const nested = /^(?:-r|--requirement)[= ]?\s*(\S+)$/.exec(text);
  if (nested !== null) return [{ type: 'file', path: nested[1] ?? '' }];
  const [, inPlace] = /^(?:-e|--editable)[= ]\s*(.+)$/.exec(text) ?? [];
  if (inPlace !== undefined) return [{ type: 'requirement', requirement: parseInPlace(text, inPlace) }];
  // Indexes, constraints and the like say where from, not what.
  if (text === '' || text.startsWith('-')) return [];
  return [{ type: 'requirement', requirement: parseRequirement(text) }];
};

/** Reads a requirements file. @see pip's documentation, "Requirements File Format" */
export const parseRequirements = (text: string): readonly RequirementLine[] =>
  text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap(parseLine);
