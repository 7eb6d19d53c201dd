import { posix } from 'node:path';
import type { Located, Variables } from '../model/located.ts';
import type { Entry } from '../model/play.ts';
import type { Fields } from './fields.ts';
import { findFile, missingHint } from './find-file.ts';
import { locatedAs } from './module-call.ts';
import type { Problems } from './problems.ts';
import { type Project, readYaml, type Scope } from './scope.ts';
import { hasTemplate } from './source.ts';
import { readVariables } from './variables.ts';

/** An item of `vars_files`: a name, or a list of names of which the first is taken that is there. */
type Item = Located<string | readonly string[]>;

const isName = (value: unknown): value is string => typeof value === 'string';

const isItem = (item: Located): item is Item =>
  isName(item.value) || (Array.isArray(item.value) && item.value.every(isName));

const namesOf = ({ value }: Item): readonly string[] => (isName(value) ? [value] : value);

/** Its name is known when there is a host. */
const isTemplated = (item: Located): boolean => isItem(item) && namesOf(item).some(hasTemplate);

/** What is read at once, and from the first name that is a template on what waits for a host: the last file has the last word. */
const itemsOf = (
  fields: Fields,
): { readonly early: readonly Located[]; readonly late: readonly Located[] } => {
  const items = fields.has('vars_files') ? fields.items('vars_files') : [];
  const at = items.findIndex(isTemplated);
  return at === -1 ? { early: items, late: [] } : { early: items.slice(0, at), late: items.slice(at) };
};

const checkItem = (item: Located, fields: Fields): void => {
  if (!isItem(item)) fields.wrongAt(item.span, 'vars_files', 'a list of file names', item.value);
};

const readVarsFile = (item: Item, project: Project, problems: Problems): readonly Variables[] => {
  const names = namesOf(item);
  const folders = [posix.join(project.folder, 'vars'), project.folder];
  const path = names
    .map((name) => findFile(project.files, name, folders))
    .find((found) => found !== undefined);
  if (path === undefined) {
    const hints = names.map((name) => missingHint(project.files, name, folders));
    problems.error('missing-file', `no file "${names.join('", "')}"`, item.span, { hint: hints.join('; ') });
    return [];
  }
  const root = readYaml(project, problems, path);
  return root === undefined ? [] : [readVariables(root, path, problems)];
};

/** Files of variables whose names are written out, and come before all that are not. */
export const readVarsFiles = (fields: Fields, project: Project): readonly Variables[] =>
  itemsOf(fields).early.flatMap((item) => {
    checkItem(item, fields);
    return isItem(item) ? readVarsFile(item, project, fields.problems) : [];
  });

const taskOf = (item: Item): Located => {
  const find = isName(item.value)
    ? { include_vars: item.value }
    : { include_vars: '{{ item }}', with_first_found: item.value };
  return locatedAs(
    { name: `vars_files: ${namesOf(item).join(' or ')}`, ...find, tags: ['always'] },
    item.span,
  );
};

/**
 * The other files of variables, as tasks that include them before all others. They are variables of the play
 * from there on.
 */
export const readLateVarsFiles = (fields: Fields, scope: Scope): readonly Entry[] =>
  itemsOf(fields).late.flatMap((item) => {
    checkItem(item, fields);
    if (!isItem(item)) return [];
    const task = taskOf(item);
    const entries = scope.readEntries(locatedAs([task.value], task.span), scope);
    return entries.map((entry) => (entry.type === 'task' ? { ...entry, prepares: true } : entry));
  });
