import { nearestName } from '../util/nearest-name.ts';
import { fresh } from './evaluator.ts';
import { listOf, wantSize } from './list-of.ts';
import type { Lookups } from './lookups.ts';
import { omit } from './omit.ts';
import { bindArguments } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { passwordRequest } from './password-request.ts';
import { pythonText } from './python-text.ts';
import { createNamespace } from './template-renderer.ts';
import { Callable, describeType, isMapping, LazyMapping, mappingOf } from './values.ts';

/** What the functions may use. */
export interface FunctionTools {
  readonly lookups: Lookups;
  variable(name: string): unknown;
  /** A text of a file as a template. */
  renderFile(text: string, file: string): string;
}

const integer = (value: unknown, who: string): number => {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new OperationProblem(`${who} wants whole numbers, found ${describeType(value)}`);
};

const range = (positional: readonly unknown[]): unknown => {
  const numbers = positional.map((value) => integer(value, 'range'));
  const [start, end, step = 1] =
    numbers.length === 1 ? [0, numbers[0] ?? 0] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2]];
  if (step === 0) throw new OperationProblem('range: the step is 0');
  const count = Math.max(0, Math.ceil((end - start) / step));
  wantSize(count, 'range');
  return Array.from({ length: count }, (_, index) => start + index * step);
};

const dict = (positional: readonly unknown[], named: Readonly<Record<string, unknown>>): unknown => {
  const [first = {}] = positional;
  const entries = Array.isArray(first)
    ? first.map((pair): [string, unknown] => {
        const [key, value] = listOf(pair, 'dict');
        return [pythonText(key), value];
      })
    : Object.entries(isMapping(first) ? first : {});
  return fresh(mappingOf([...entries, ...Object.entries(named)]));
};

type Lookup = (
  tools: FunctionTools,
  terms: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
) => readonly unknown[];

const needs = <T>(reach: T | undefined, name: string): T => {
  if (reach === undefined) throw new OperationProblem(`lookup('${name}') is not available here`);
  return reach;
};

const readFile = (tools: FunctionTools, kind: 'file' | 'template', term: unknown): string => {
  const path = pythonText(term);
  const text = needs(tools.lookups[kind], kind)(path);
  if (text === undefined) {
    const near = tools.lookups.nearest?.(kind, path);
    throw new OperationProblem(
      `lookup('${kind}'): there is no file "${path}"`,
      near === undefined ? undefined : `did you mean "${near}"?`,
    );
  }
  return text;
};

const firstFound: Lookup = ({ lookups }, given, named) => {
  const find = needs(lookups.find, 'first_found');
  const terms = Object.hasOwn(named, 'files') ? [...given, named] : given;
  const candidates = terms.flatMap((term): unknown[] => {
    if (isMapping(term)) {
      const paths = term['paths'] === undefined ? [''] : listOf([term['paths']].flat(), 'first_found');
      const files = [term['files'] ?? []].flat();
      return paths.flatMap((path) =>
        files.map((file) => (path === '' ? file : `${pythonText(path)}/${pythonText(file)}`)),
      );
    }
    return Array.isArray(term) ? term : [term];
  });
  for (const candidate of candidates) {
    const found = find(pythonText(candidate));
    if (found !== undefined) return [found];
  }
  const skip = named['skip'] ?? terms.some((term) => isMapping(term) && term['skip'] === true);
  if (skip === true) return [];
  throw new OperationProblem(
    `lookup('first_found'): none of these files is there: ${candidates.map(pythonText).join(', ')}`,
  );
};

const lookups: Readonly<Record<string, Lookup>> = {
  env: ({ lookups: reach }, terms, named) =>
    terms.map((term) => needs(reach.env, 'env')(pythonText(term)) ?? named['default'] ?? ''),
  file: (tools, terms, named) =>
    terms.map((term) => {
      const text = readFile(tools, 'file', term);
      const end = named['rstrip'] === false ? text : text.trimEnd();
      return named['lstrip'] === true ? end.trimStart() : end;
    }),
  template: (tools, terms) =>
    terms.map((term) => tools.renderFile(readFile(tools, 'template', term), pythonText(term))),
  vars: (tools, terms, named) =>
    terms.map((term) => {
      const value = tools.variable(pythonText(term)) ?? named['default'];
      if (value === undefined)
        throw new OperationProblem(`lookup('vars'): "${pythonText(term)}" is not defined`);
      return value;
    }),
  first_found: firstFound,
  items: (_, terms) => terms.flatMap((term) => (Array.isArray(term) ? term : [term])),
  list: (_, terms) => terms,
  flattened: (_, terms) => terms.flat(Number.POSITIVE_INFINITY),
  dict: (_, terms) =>
    terms.flatMap((term) => {
      if (!isMapping(term))
        throw new OperationProblem(`lookup('dict') wants a mapping, found ${describeType(term)}`);
      return Object.entries(term).map(([key, value]) => ({ key, value }));
    }),
  pipe: ({ lookups: reach }, terms) =>
    terms.map((term) => needs(reach.pipe, 'pipe')(pythonText(term)).trimEnd()),
  password: ({ lookups: reach }, terms, named) =>
    terms.map((term) => {
      const request = passwordRequest(pythonText(term), named);
      return needs(reach.password, 'password')(request);
    }),
  unvault: (tools, terms) => terms.map((term) => readFile(tools, 'file', term)),
};

/** What a lookup can be told by name, besides `wantlist` and `errors`. */
const lookupOptions: Readonly<Record<string, readonly string[]>> = {
  env: ['default'],
  file: ['rstrip', 'lstrip'],
  vars: ['default'],
  first_found: ['files', 'paths', 'skip'],
  password: ['length', 'chars', 'encrypt', 'seed', 'ident'],
};

/** `lookup` of this build: what it can look up. */
export const lookupNames: readonly string[] = Object.keys(lookups);

const runLookup = (
  tools: FunctionTools,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): readonly unknown[] => {
  const [plugin, ...terms] = positional;
  const name = pythonText(plugin).replace(/^ansible\.builtin\./, '');
  const run = Object.hasOwn(lookups, name) ? lookups[name] : undefined;
  const near = run === undefined ? nearestName(name, lookupNames) : undefined;
  if (run === undefined)
    throw new OperationProblem(
      `unknown lookup "${name}"`,
      near === undefined ? `lookups: ${lookupNames.join(', ')}` : `did you mean "${near}"?`,
    );
  const options = ['wantlist', 'errors', ...(lookupOptions[name] ?? [])];
  const wrong = Object.keys(named).find((key) => !options.includes(key));
  if (wrong !== undefined)
    throw new OperationProblem(
      `lookup('${name}') has no argument "${wrong}"`,
      `it takes ${options.join(', ')}`,
    );
  const errors = named['errors'];
  try {
    return run(tools, terms, named);
  } catch (error) {
    if (error instanceof OperationProblem && (errors === 'ignore' || errors === 'warn')) return [];
    throw error;
  }
};

const lookup =
  (tools: FunctionTools): Callable['call'] =>
  (positional, named) => {
    const found = runLookup(tools, positional, named);
    if (named['wantlist'] === true) return found;
    if (found.length === 1) return found[0];
    return found.every((value) => typeof value === 'string') ? found.join(',') : found;
  };

const cycler = (positional: readonly unknown[]): unknown => {
  let at = 0;
  const parts: Readonly<Record<string, () => unknown>> = {
    current: () => positional[at],
    next: () =>
      new Callable('next', () => {
        const value = positional[at];
        at = (at + 1) % positional.length;
        return value;
      }),
    reset: () =>
      new Callable('reset', () => {
        at = 0;
        return null;
      }),
  };
  return new LazyMapping(
    (key) => (Object.hasOwn(parts, key) ? parts[key]?.() : undefined),
    () => Object.keys(parts),
  );
};

const joiner = (positional: readonly unknown[]): unknown => {
  let used = false;
  return new Callable('joiner', () => {
    const text = used ? pythonText(positional[0] ?? ', ') : '';
    used = true;
    return text;
  });
};

/** Names that every template has; a variable of the same name hides one. */
export const createFunctions = (tools: FunctionTools): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([
    ['omit', omit],
    ['range', new Callable('range', range)],
    ['dict', new Callable('dict', dict)],
    [
      'namespace',
      new Callable('namespace', (positional, named) =>
        createNamespace(dict(positional, named) as Record<string, unknown>),
      ),
    ],
    ['cycler', new Callable('cycler', cycler)],
    ['joiner', new Callable('joiner', joiner)],
    ['lookup', new Callable('lookup', lookup(tools))],
    ['query', new Callable('query', (positional, named) => runLookup(tools, positional, named))],
    ['q', new Callable('q', (positional, named) => runLookup(tools, positional, named))],
    [
      'undef',
      new Callable('undef', (positional, named) => {
        const [hint] = bindArguments('undef', { params: ['hint'], rest: false }, positional, named);
        throw new OperationProblem(hint === undefined ? 'this value has to be set' : pythonText(hint));
      }),
    ],
  ]);
