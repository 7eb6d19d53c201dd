import type { Lookups } from './lookups.ts';
import { OperationProblem } from './operation-problem.ts';

/** What filters and tests may use besides their arguments. */
export interface Tools {
  readonly lookups: Lookups;
  /** Value of a variable by name; undefined when nobody set it. */
  variable(name: string): unknown;
  /**
   * What a random value hangs on: a text that is the same all through a run, for a host, a place in the files and an item, and another
   * one in the next run. Undefined: random values are refused.
   */
  chance(): string | undefined;
  /** A text as a template of the same scope. */
  render(text: string): unknown;
  filter(
    name: string,
    value: unknown,
    positional: readonly unknown[],
    named?: Readonly<Record<string, unknown>>,
  ): unknown;
  test(name: string, value: unknown, positional: readonly unknown[]): boolean;
}

/** A value and the arguments with it, as templates have them; whoever takes them looks at what they are. */
// biome-ignore lint/suspicious/noExplicitAny: each operation and method has parameters of its own
export type TemplateValues = [value: any, ...args: any[]];

/** A filter or test: names of its parameters after the value, in order, and what it does. */
export interface Operation {
  readonly params: readonly string[];
  /** How many of them have to be given. */
  readonly needs?: number;
  /** Takes any number of positional arguments; `params` are then only those that can be named. */
  readonly rest: boolean;
  /** Takes arguments of any name, for another operation or as values. */
  readonly anyNamed?: boolean;
  /** Takes a whole float as one, so that it prints as `2.0`; all others get the number. */
  readonly floats?: boolean;
  /** Its value may be undefined, or not known yet. */
  readonly loose: boolean;
  readonly run: (tools: Tools, ...values: TemplateValues) => unknown;
}

/** Parameters as they are written: those with a "!" have to be given, and come first. */
export const readParams = (written: readonly string[]): Pick<Operation, 'params' | 'needs'> => ({
  params: written.map((param) => param.replace('!', '')),
  needs: written.filter((param) => param.endsWith('!')).length,
});

/** @param params  see `readParams` */
export const operation = (params: readonly string[], run: Operation['run']): Operation => ({
  ...readParams(params),
  rest: false,
  loose: false,
  run,
});

export const looseOperation = (params: readonly string[], run: Operation['run']): Operation => ({
  ...operation(params, run),
  loose: true,
});

/** The same, told a whole float from a whole number. */
export const floatOperation = (params: readonly string[], run: Operation['run']): Operation => ({
  ...operation(params, run),
  floats: true,
});

/** Positional arguments as they come, `needs` of them at least, the named ones as one mapping before them. */
export const restOperation = (params: readonly string[], run: Operation['run'], needs = 0): Operation => ({
  ...operation(params, run),
  needs,
  rest: true,
});

/**
 * Puts positional and named arguments in the order of the parameters.
 * @throws OperationProblem for one too many, one that is missing, a name it does not take, or one given twice
 */
export const bindArguments = (
  name: string,
  { params, needs = 0, rest, anyNamed = false }: Pick<Operation, 'params' | 'needs' | 'rest' | 'anyNamed'>,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): readonly unknown[] => {
  const takes = params.length === 0 ? 'it takes none' : `it takes ${params.join(', ')}`;
  for (const key of Object.keys(named)) {
    if (!anyNamed && !params.includes(key))
      throw new OperationProblem(`${name} has no argument "${key}"`, takes);
    if (!rest && params.indexOf(key) < positional.length) {
      throw new OperationProblem(`${name} got "${key}" twice`);
    }
  }
  if (rest) {
    if (positional.length < needs) throw new OperationProblem(`${name} wants more arguments`);
    return [named, ...positional];
  }
  if (positional.length > params.length) throw new OperationProblem(`${name} got too many arguments`, takes);
  const missing = params.slice(positional.length, needs).find((param) => !Object.hasOwn(named, param));
  if (missing !== undefined) throw new OperationProblem(`${name} wants "${missing}"`, takes);
  return params.map((param, index) => (index < positional.length ? positional[index] : named[param]));
};
