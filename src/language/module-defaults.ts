import type { Located } from '../model/located.ts';
import { bareName } from './bare-name.ts';
import { Fields, isMapping } from './fields.ts';

/** @param outer  of the blocks and the play around; what is written further in wins, parameter by parameter for one module */
export const readModuleDefaults = (
  outer: ReadonlyMap<string, Located> | undefined,
  fields: Fields,
): ReadonlyMap<string, Located> | undefined => {
  if (!fields.has('module_defaults')) return outer;
  const parts = fields.items('module_defaults');
  const all = new Map(outer);
  for (const part of parts) {
    if (!isMapping(part.value)) {
      fields.wrongAt(part.span, 'module_defaults', 'a mapping of modules to their parameters', part.value);
      continue;
    }
    const own = new Fields(part, fields.problems);
    for (const key of own.keys) addDefaults(all, key, own);
  }
  return all;
};

const addDefaults = (all: Map<string, Located>, key: string, own: Fields): void => {
  if (key.startsWith('group/')) {
    own.problems.warning('no-effect', `"${key}" in module_defaults has no effect`, own.keySpan(key), {
      hint: 'there are no groups of modules here; name the modules',
    });
    return;
  }
  if (isMapping(own.at(key).value)) all.set(bareName(key), own.at(key));
  else own.wrong(key, 'a mapping of parameters');
};
