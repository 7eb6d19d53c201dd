import { posix } from 'node:path';
import type { Located, Variables } from '../model/located.ts';
import type { Span } from '../model/span.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { Fields, isMapping } from './fields.ts';
import { candidates, missingHint } from './find-file.ts';
import { readYaml, type Scope } from './scope.ts';
import { mergeVariables, noVariables, readVariables } from './variables.ts';

const endings = ['', '.yml', '.yaml'];

/** Where a role of a collection would lie, such as `ns.collection.role`. */
const inCollections = (name: string, { project }: Scope): readonly string[] => {
  const [namespace, collection, role, more] = name.split('.');
  if (namespace === undefined || collection === undefined || role === undefined || more !== undefined)
    return [];
  const folders = [posix.join(project.folder, 'collections'), ...project.collectionsPath];
  return folders.map((folder) =>
    posix.join(folder, 'ansible_collections', namespace, collection, 'roles', role),
  );
};

/**
 * A role's folder: in `roles/` beside the playbook, in the folders of the roles path, beside the role that depends on
 * it, or beside the playbook; one of a collection where those are.
 *
 * @returns undefined when there is none; reported at `span`
 */
export const findRole = (name: string, span: Span, scope: Scope): string | undefined => {
  const { files, folder, rolesPath } = scope.project;
  const beside = scope.role === undefined ? [] : [posix.dirname(scope.role.folder)];
  const homes = [posix.join(folder, 'roles'), ...rolesPath, ...beside, folder];
  const folders = [...candidates(name, homes), ...inCollections(name, scope)];
  const found = folders.find((path) => files.kind(path) === 'directory');
  if (found === undefined)
    scope.problems.error('missing-role', `no role "${name}"`, span, {
      hint: missingHint(files, name, homes, 'directory'),
    });
  return found;
};

/** `tasks/main.yml` of a role, or the file that `tasks_from` names. */
export const roleFile = (folder: string, part: string, name: string, scope: Scope): string | undefined =>
  endings
    .map((ending) => posix.join(folder, part, `${name}${ending}`))
    .find((path) => scope.project.files.kind(path) === 'file');

/** Files of variables in a folder `vars/main/`, which may stand for `vars/main.yml`. */
const inFolder = (folder: string, scope: Scope): readonly string[] =>
  scope.project.files
    .list(folder)
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .map((name) => posix.join(folder, name));

/** The variables of `defaults/` or `vars/`. */
export const roleVariables = (
  folder: string,
  part: 'defaults' | 'vars',
  name: string,
  scope: Scope,
): Variables => {
  const origin = posix.join(folder, part, name);
  const file = roleFile(folder, part, name, scope);
  const paths = file === undefined ? inFolder(origin, scope) : [file];
  const layers = paths.flatMap((path) => {
    const root = readYaml(scope.project, scope.problems, path);
    return root === undefined ? [] : [readVariables(root, path, scope.problems)];
  });
  const [only] = layers;
  return layers.length === 1 && only !== undefined
    ? only
    : mergeVariables([noVariables(origin), ...layers], origin);
};

const metaKeys = [
  'galaxy_info',
  'dependencies',
  'allow_duplicates',
  'collections',
  'argument_specs',
  'standalone',
];

/** What `meta/main.yml` says. */
export interface RoleMeta {
  readonly dependencies: readonly Located[];
  readonly allowDuplicates: boolean;
}

export const readMeta = (folder: string, scope: Scope): RoleMeta => {
  const nothing: RoleMeta = { dependencies: [], allowDuplicates: false };
  const path = roleFile(folder, 'meta', 'main', scope);
  const root = path === undefined ? undefined : readYaml(scope.project, scope.problems, path);
  if (root === undefined || root.value === null) return nothing;
  const fields = new Fields(root, scope.problems);
  if (!isMapping(root.value)) {
    scope.problems.error('bad-value', 'meta/main of a role is a mapping', root.span);
    return nothing;
  }
  for (const key of fields.keys.filter((name) => !metaKeys.includes(name)))
    scope.problems.error('unknown-key', `unknown key "${key}" in the meta of a role`, fields.keySpan(key), {
      hint: didYouMean(nearestName(key, metaKeys), `it takes: ${metaKeys.join(', ')}`),
    });
  if (fields.has('dependencies') && !Array.isArray(fields.at('dependencies').value ?? []))
    fields.wrong('dependencies', 'a list of roles');
  return {
    dependencies: fields.has('dependencies') ? fields.items('dependencies') : [],
    allowDuplicates: fields.boolean('allow_duplicates') ?? false,
  };
};
