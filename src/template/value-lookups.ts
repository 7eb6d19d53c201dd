import { listOf } from './list-of.ts';
import type { LookupPlugin } from './lookup-plugins.ts';
import { matchInventory } from './match-inventory.ts';
import { OperationProblem } from './operation-problem.ts';
import { passwordRequest } from './password-request.ts';
import { pythonRegex } from './python-regex.ts';
import { pythonText } from './python-text.ts';
import { isMapping } from './values.ts';

/** What this machine, or this run, has to offer; undefined where nothing may be asked. */
export const needs = <T>(reach: T | undefined, name: string): T => {
  if (reach === undefined) throw new OperationProblem(`lookup('${name}') is not available here`);
  return reach;
};

/** A choice that comes out otherwise each time would never be as wanted: the terms decide. */
const chosen = (items: readonly unknown[]): unknown => {
  const sum = [...JSON.stringify(items)].reduce(
    (total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 65_521,
    7,
  );
  return items[sum % items.length];
};

const searchPattern = (term: string): RegExp => {
  try {
    return pythonRegex(term);
  } catch (error) {
    if (!(error instanceof OperationProblem)) throw error;
    throw new OperationProblem(`Unable to use "${term}" as a search parameter: ${error.message}`, undefined, {
      cause: error,
    });
  }
};

/** Lookups of variables, and of what this machine says. */
export const valueLookups: Readonly<Record<string, LookupPlugin>> = {
  env: {
    options: ['default'],
    run: ({ lookups }, terms, named) =>
      terms.map((term) => needs(lookups.env, 'env')(pythonText(term)) ?? named['default'] ?? ''),
  },
  vars: {
    options: ['default'],
    run: (tools, terms, named) =>
      terms.map((term) => {
        if (typeof term !== 'string')
          throw new OperationProblem(`Invalid setting identifier, "${pythonText(term)}" is not a string`);
        const value = tools.variable(term) ?? named['default'];
        if (value === undefined)
          throw new OperationProblem(`lookup('vars'): No variable found with this name: ${term}`);
        return value;
      }),
  },
  varnames: {
    run: (tools, terms) => {
      const names = [...new Set(tools.names())];
      return terms.flatMap((term) => {
        if (typeof term !== 'string')
          throw new OperationProblem(`Invalid setting identifier, "${pythonText(term)}" is not a string`);
        const pattern = searchPattern(term);
        return names.filter((name) => name.search(pattern) >= 0);
      });
    },
  },
  inventory_hostnames: {
    run: (tools, terms) => {
      const groups = tools.variable('groups');
      return matchInventory(terms.map(pythonText).join(','), isMapping(groups) ? groups : {});
    },
  },
  random_choice: {
    run: (_, terms) => {
      const items = terms.flatMap((term) => (Array.isArray(term) ? term : [term]));
      return items.length === 0 ? [] : [chosen(listOf(items, 'random_choice'))];
    },
  },
  pipe: {
    run: ({ lookups }, terms) => terms.map((term) => needs(lookups.pipe, 'pipe')(pythonText(term)).trimEnd()),
  },
  lines: {
    run: ({ lookups }, terms) =>
      terms.flatMap((term) => {
        const text = needs(lookups.pipe, 'lines')(pythonText(term));
        return text === '' ? [] : text.replace(/\n$/, '').split('\n');
      }),
  },
  password: {
    options: ['length', 'chars', 'encrypt', 'seed', 'ident'],
    run: ({ lookups, chance }, terms, named) =>
      terms.map((term) => {
        const request = passwordRequest(pythonText(term), named, chance);
        return needs(lookups.password, 'password')(request);
      }),
  },
};
