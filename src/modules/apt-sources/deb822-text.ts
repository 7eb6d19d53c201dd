/** A value of a field. */
export type Deb822Value = string | number | boolean | readonly string[];

/** `signed_by` → `Signed-By`, as Ansible spells them; apt does not care about capitals. */
const fieldName = (param: string): string => {
  if (param === 'name') return 'X-Repolib-Name';
  if (param === 'uris') return 'URIs';
  return param
    .split('_')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('-');
};

const fieldText = (value: Deb822Value): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return value.join(' ');
  return String(value);
};

/** A text of several lines stands below its field, set in, a dot for an empty line. */
const renderValue = (text: string): string => {
  if (!text.includes('\n')) return ` ${text}`;
  const lines = text
    .trim()
    .split('\n')
    .map((line) => `    ${line.trim() === '' ? '.' : line.trim()}`);
  return `\n${lines.join('\n')}`;
};

/** A .sources file of one repository; fields in the order of their parameters' names. @see sources.list(5) */
export const renderDeb822 = (fields: Readonly<Record<string, Deb822Value | undefined>>): string =>
  Object.keys(fields)
    .sort()
    .flatMap((param) => {
      const value = fields[param];
      return value === undefined ? [] : [`${fieldName(param)}:${renderValue(fieldText(value))}\n`];
    })
    .join('');

/** The name of a repository's files. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/[^a-z0-9-]+/g, '');
