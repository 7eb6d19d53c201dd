import type { Located } from '../model/located.ts';
import type { Inherited } from '../model/play.ts';
import { type Fields, isMapping, type Mapping } from './fields.ts';
import { readModuleDefaults } from './module-defaults.ts';
import { hasTemplate } from './source.ts';
import { readVariables } from './variables.ts';

const environmentOf = (fields: Fields): Inherited['environment'] => {
  if (!fields.has('environment')) return [];
  return fields.items('environment').flatMap((part) => {
    if (isMapping(part.value) || (typeof part.value === 'string' && hasTemplate(part.value)))
      return [part as Located<Mapping | string>];
    fields.wrongAt(part.span, 'environment', 'a mapping of names to values', part.value);
    return [];
  });
};

/** Tags as Ansible reads them: a list, or one text with commas. */
export const readTags = (fields: Fields): readonly string[] =>
  fields.sources('tags').flatMap(({ text, span }) => {
    if (!text.includes('{{'))
      return text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '');
    fields.problems.notYet('a template as a tag', span);
    return [];
  });

const checkBecomeMethod = (fields: Fields): void => {
  const method = fields.text('become_method');
  if (method === undefined || method === 'sudo') return;
  fields.problems.notYet(
    `become_method "${method}"`,
    fields.at('become_method').span,
    'sudo is what is used',
  );
};

/** Ways to a host that are all the one that its inventory says. */
const usualConnections = ['ssh', 'smart', 'paramiko', 'paramiko_ssh'];

/** `connection: local`. @returns undefined where nothing is said */
const readIsLocal = (fields: Fields): boolean | undefined => {
  const name = fields.text('connection')?.replace(/^ansible\.builtin\./, '');
  if (name === undefined) return undefined;
  if (name !== 'local' && !usualConnections.includes(name))
    fields.problems.notYet(`connection "${name}"`, fields.at('connection').span);
  return name === 'local';
};

/**
 * Folds the keywords of a play, block, include, role or task into what it inherits: `when`, `tags`, `environment`
 * and `vars` add up, of the others the inner one wins.
 *
 * @param what  for messages about variables: `play`, `block`, `task`
 */
export const foldInherited = (outer: Inherited, fields: Fields, what: string): Inherited => {
  checkBecomeMethod(fields);
  const vars = fields.has('vars') ? [readVariables(fields.at('vars'), `${what} vars`, fields.problems)] : [];
  return {
    when: [...outer.when, ...fields.conditions('when')],
    gates: outer.gates,
    tags: [...new Set([...outer.tags, ...readTags(fields)])],
    become: fields.flag('become') ?? outer.become,
    becomeUser: fields.textOrSource('become_user') ?? outer.becomeUser,
    remoteUser: fields.textOrSource('remote_user') ?? outer.remoteUser,
    environment: [...outer.environment, ...environmentOf(fields)],
    ignoreErrors: fields.flag('ignore_errors') ?? outer.ignoreErrors,
    noLog: fields.flag('no_log') ?? outer.noLog,
    checkMode: fields.flag('check_mode') ?? outer.checkMode,
    diff: fields.boolean('diff') ?? outer.diff,
    delegateTo: fields.source('delegate_to') ?? outer.delegateTo,
    isLocal: readIsLocal(fields) ?? outer.isLocal,
    runOnce: fields.boolean('run_once') ?? outer.runOnce,
    anyErrorsFatal: fields.boolean('any_errors_fatal') ?? outer.anyErrorsFatal,
    throttle: fields.number('throttle') ?? outer.throttle,
    within: outer.within,
    vars: [...outer.vars, ...vars],
    includeVars: outer.includeVars,
    notifyAlso:
      what === 'block' ? [...(outer.notifyAlso ?? []), ...fields.sources('notify')] : outer.notifyAlso,
    moduleDefaults: readModuleDefaults(outer.moduleDefaults, fields),
  };
};

/** The same for an include, whose `vars` are stronger than all that tasks have set; those of an import are not. */
export const foldInclude = (outer: Inherited, fields: Fields, name: string): Inherited => {
  const folded = foldInherited(outer, fields, 'include');
  if (!name.startsWith('include_')) return folded;
  const own = folded.vars.slice(outer.vars.length);
  return { ...folded, vars: outer.vars, includeVars: [...outer.includeVars, ...own] };
};
