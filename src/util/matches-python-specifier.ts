import { comparePythonVersions, type PythonVersion, parsePythonVersion } from './compare-python-versions.ts';

const isPrefix = (wanted: PythonVersion, found: PythonVersion, length = wanted.written.length): boolean =>
  wanted.epoch === found.epoch &&
  wanted.written.slice(0, length).every((value, at) => value === (found.written[at] ?? 0));

const sameRelease = (a: PythonVersion, b: PythonVersion): boolean =>
  a.epoch === b.epoch && a.release.join('.') === b.release.join('.');

const isEqual = (found: PythonVersion, wanted: PythonVersion): boolean =>
  comparePythonVersions(wanted.local.length === 0 ? { ...found, local: [] } : found, wanted) === 0;

const isGreater = (found: PythonVersion, wanted: PythonVersion): boolean => {
  if (comparePythonVersions(found, wanted) <= 0) return false;
  // `>1.7` leaves out 1.7.post1 and 1.7+local, which are 1.7 to people.
  if (wanted.post === undefined && found.post !== undefined && sameRelease(found, wanted)) return false;
  return found.local.length === 0 || !sameRelease(found, wanted);
};

const isLess = (found: PythonVersion, wanted: PythonVersion): boolean => {
  if (comparePythonVersions(found, wanted) >= 0) return false;
  // `<1.7` leaves out 1.7rc1.
  const early = (version: PythonVersion): boolean => version.pre !== undefined || version.dev !== undefined;
  return early(wanted) || !early(found) || !sameRelease(found, wanted);
};

const holds = (operator: string, written: string, version: string): boolean => {
  if (operator === '===') return written.toLowerCase() === version.toLowerCase();
  const found = parsePythonVersion(version);
  const wanted = parsePythonVersion(written.replace(/\.\*$/, ''));
  if (found === undefined || wanted === undefined) return false;
  const publicly = { ...found, local: [] };
  switch (operator) {
    case '==':
      return written.endsWith('.*') ? isPrefix(wanted, found) : isEqual(found, wanted);
    case '!=':
      return !(written.endsWith('.*') ? isPrefix(wanted, found) : isEqual(found, wanted));
    case '>=':
      return comparePythonVersions(publicly, wanted) >= 0;
    case '<=':
      return comparePythonVersions(publicly, wanted) <= 0;
    case '>':
      return isGreater(found, wanted);
    case '<':
      return isLess(found, wanted);
    default:
      return (
        comparePythonVersions(publicly, wanted) >= 0 && isPrefix(wanted, found, wanted.written.length - 1)
      );
  }
};

/**
 * Whether a version is one that the specifier allows; early ones count as any other.
 *
 * @param specifier  `>=1.2, <2`; empty: any version
 * @see PEP 440, "Version specifiers"
 */
export const matchesPythonSpecifier = (version: string, specifier: string): boolean =>
  specifier
    .split(',')
    .map((clause) => /^\s*(===|~=|==|!=|<=|>=|<|>)\s*(\S+)\s*$/.exec(clause))
    .every((match, _, all) =>
      match === null
        ? all.length === 1 && specifier.trim() === ''
        : holds(match[1] ?? '', match[2] ?? '', version),
    );
