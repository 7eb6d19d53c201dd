import type { Located, Variables } from '../model/located.ts';
import { describe } from './describe.ts';
import { isMapping, type Mapping } from './fields.ts';
import type { Problems } from './problems.ts';

/** What Ansible takes as the name of a variable. */
export const isVariableName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

export const noVariables = (origin: string): Variables => ({ values: {}, place: () => undefined, origin });

/** A mapping as variables, whatever their names. */
export const variablesOf = (mapping: Located<Mapping>, origin: string): Variables => ({
  values: mapping.value,
  place: (name) => (Object.hasOwn(mapping.value, name) ? mapping.at([name]) : undefined),
  at: (path) => mapping.at(path),
  origin,
});

const strongest = (layers: readonly Variables[], name: string): Variables | undefined =>
  layers.findLast(({ values }) => Object.hasOwn(values, name));

/** Variables of one origin from several mappings, the later ones stronger. */
export const mergeVariables = (layers: readonly Variables[], origin: string): Variables => ({
  values: Object.assign({}, ...layers.map(({ values }) => values)),
  place: (name) => strongest(layers, name)?.place(name),
  at: (path) => strongest(layers, String(path[0]))?.at?.(path),
  origin,
});

/** Reports the keys that no expression could name. */
export const checkVariableNames = (mapping: Located<Mapping>, problems: Problems): void => {
  for (const name of Object.keys(mapping.value)) {
    if (isVariableName(name)) continue;
    problems.error(
      'bad-variable-name',
      `"${name}" cannot be the name of a variable`,
      mapping.at([name], 'key'),
      {
        hint: 'letters, digits and "_", not starting with a digit',
      },
    );
  }
};

/**
 * Reads `vars:` or a file of variables. Nothing (an empty file, `vars:` without a value) is no variables.
 *
 * @param origin  for messages: `play vars`, `group_vars/all.yml`
 */
export const readVariables = (part: Located, origin: string, problems: Problems): Variables => {
  if (part.value === null || part.value === undefined) return noVariables(origin);
  if (!isMapping(part.value)) {
    problems.error(
      'bad-value',
      `variables are a mapping of names to values; found ${describe(part.value)}`,
      part.span,
    );
    return noVariables(origin);
  }
  const mapping = part as Located<Mapping>;
  checkVariableNames(mapping, problems);
  return variablesOf(mapping, origin);
};
