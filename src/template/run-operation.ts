import { Blocked, isUnknown } from '../model/unknown.ts';
import { filters } from './filters.ts';
import { bindArguments, type Tools } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { tests } from './tests.ts';
import { UnusableVariable } from './undefined-value.ts';
import { Unrendered } from './unrendered.ts';
import { findUnknown, LazyMapping, mappingOf, PythonObject, WholeFloat } from './values.ts';

/** A whole float as the number that it is. */
export const unbox = (value: unknown): unknown => (value instanceof WholeFloat ? value.value : value);

const materialize = (mapping: LazyMapping): Record<string, unknown> =>
  mappingOf([...mapping.keys()].map((key) => [key, mapping.get(key)]));

/** The same, with all that is in it. @throws Blocked when part of it is not known yet */
const whole = (value: unknown): unknown => {
  if (isUnknown(value)) throw new Blocked(value.because);
  if (value instanceof UnusableVariable) throw value.error;
  if (value instanceof Unrendered) return whole(value.settle());
  if (value instanceof LazyMapping && !(value instanceof PythonObject))
    return mappingOf([...value.keys()].map((key) => [key, whole(value.get(key))]));
  const missing = findUnknown(value);
  if (missing !== undefined) throw new Blocked(missing.because);
  return value;
};

const tables = { filter: filters, test: tests };

/** What a filter or test gives for a value. @throws OperationProblem, Blocked, TemplateError */
export const runOperation = (
  kind: keyof typeof tables,
  name: string,
  tools: Tools,
  value: unknown,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>> = {},
): unknown => {
  const known = tables[kind].get(name);
  if (known === undefined) throw new OperationProblem(`unknown ${kind} "${name}"`);
  const isLazy = value instanceof LazyMapping && !(value instanceof PythonObject) && !known.loose;
  // What writes a value down (`to_json`) needs all of it.
  const plain = isLazy ? (known.floats === true ? whole(value) : materialize(value)) : value;
  const given = known.floats === true ? plain : unbox(plain);
  return known.run(tools, given, ...bindArguments(name, known, positional, named));
};
