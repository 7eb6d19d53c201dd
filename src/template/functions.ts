import { listOf, wantSize } from './list-of.ts';
import { type LookupTools, runLookup } from './lookup-plugins.ts';
import { fresh } from './made-values.ts';
import { createNow } from './moments.ts';
import { omit } from './omit.ts';
import { bindArguments } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { createNamespace } from './template-renderer.ts';
import { Callable, describeType, isMapping, LazyMapping, mappingOf } from './values.ts';

/** What the functions may use. */
export type FunctionTools = LookupTools;

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

const lookup =
  (tools: FunctionTools): Callable['call'] =>
  (positional, named) => {
    const found = runLookup(tools, positional, named);
    if (named['wantlist'] === true) return found ?? [];
    // As by Ansible: nothing is an empty list, and what went wrong and is ignored an empty text.
    if (found === undefined) return '';
    if (found.length === 0) return found;
    if (found.length === 1) return found[0];
    return found.every((value) => typeof value === 'string') ? found.join(',') : found;
  };

const query =
  (tools: FunctionTools): Callable['call'] =>
  (positional, named) =>
    runLookup(tools, positional, named) ?? [];

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
    ['now', createNow(tools.lookups.now)],
    ['lookup', new Callable('lookup', lookup(tools))],
    ['query', new Callable('query', query(tools))],
    ['q', new Callable('q', query(tools))],
    [
      'undef',
      new Callable('undef', (positional, named) => {
        const [hint] = bindArguments('undef', { params: ['hint'], rest: false }, positional, named);
        throw new OperationProblem(hint === undefined ? 'this value has to be set' : pythonText(hint));
      }),
    ],
  ]);
