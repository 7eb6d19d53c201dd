import type { Fields } from './fields.ts';

/** Warns of keywords of Ansible's that have nothing to say here. */
export const warnOfIdle = (fields: Fields, idle: ReadonlyMap<string, string | undefined>): void => {
  for (const key of fields.keys)
    if (idle.has(key))
      fields.problems.warning('no-effect', `"${key}" has no effect`, fields.keySpan(key), {
        hint: idle.get(key),
      });
};
