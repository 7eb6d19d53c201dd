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
const isLate = (item: Item): boolean => namesOf(item).some(hasTemplate);

const itemsOf = (fields: Fields): readonly Located[] =>
  fields.has('vars_files') ? fields.items('vars_files') : [];

const readVarsFile = (item: Item, project: Project, problems: Problems): readonly Variables[] => {
  const names = namesOf(item);
  const folders = [project.folder, posix.join(project.folder, 'vars')];
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

/** Files of variables whose names are written out. */
export const readVarsFiles = (fields: Fields, project: Project): readonly Variables[] =>
  itemsOf(fields).flatMap((item) => {
    if (isItem(item)) return isLate(item) ? [] : readVarsFile(item, project, fields.problems);
    fields.wrongAt(item.span, 'vars_files', 'a list of file names', item.value);
    return [];
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
 * Files of variables whose names are templates, as tasks that include them before all others. They outrank the variables
 * of roles, which those of other files do not.
 */
export const readLateVarsFiles = (fields: Fields, scope: Scope): readonly Entry[] => {
  const tasks = itemsOf(fields).filter(isItem).filter(isLate).map(taskOf);
  return tasks.flatMap((task) => scope.readEntries(locatedAs([task.value], task.span), scope));
};
