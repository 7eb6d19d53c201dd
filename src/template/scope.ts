import type { Located, Variables } from '../model/located.ts';
import type { RenderOptions } from '../model/module.ts';
import type { Condition, Source } from '../model/play.ts';
import type { Span } from '../model/span.ts';
import { conditionProblem } from './condition.ts';
import { variables } from './layers.ts';
import type { Lookups } from './lookups.ts';
import { noteChanging } from './recording.ts';
import { createRun, type Run } from './run.ts';
import { LazyMapping } from './values.ts';
import { VariableChain } from './variable-chain.ts';

export { templatedVariables, variables } from './layers.ts';
export type { Lookups } from './lookups.ts';
export { isOmitted, omit } from './omit.ts';

export interface ScopeOptions {
  /** What `lookup()` and `include` may reach. */
  readonly lookups?: Lookups | undefined;
  /** Conditions may be of any type, as Ansible before 2.19 had it (`compat: truthy`). */
  readonly truthy?: boolean | undefined;
}

/**
 * The variables that a play, a task or a loop's item sees, and what can be asked with them.
 *
 * A variable is rendered when somebody asks for it, with the variables of the scope that asks, and at most once a scope;
 * a scope made by `with` shares what does not depend on its own layers. Layers must not change after they were given.
 *
 * All methods throw `Blocked` when a value is needed that is not known yet, and `TemplateError` with a diagnostic that
 * points into the expression or template (the variable's, when the mistake stands in a variable).
 */
export interface Scope {
  /** Value of a bare expression. A text with `{{ }}` around is accepted, as Ansible does. */
  evaluate(source: Source | string): unknown;
  /** Whether a condition holds. A value that is neither true nor false is an error, unless the scope is truthy. */
  test(condition: Condition): boolean;
  /**
   * Any value, deep: texts with `{{` or `{%` are rendered, all else is as it was. A text that is one `{{ … }}` and nothing
   * else keeps the value's type.
   *
   * @param place  where the value stands, for errors
   */
  render(value: unknown, place?: Pick<Located, 'at'>): unknown;
  /**
   * What a lookup gives for terms that are rendered already: `query(name, …)`.
   *
   * @param place  for errors
   */
  query(name: string, terms: readonly unknown[], place?: Span): readonly unknown[];
  /** A whole text. Statements trim the line break behind them unless the options say otherwise. */
  renderText(text: string, options?: RenderOptions): string;
  /**
   * What `make` gives, made once for all scopes, of whatever host, in which the variables that it asks for stand for the same.
   * It must depend on nothing else that is not in `home` and `key`, and nobody may change what it gives. Errors are not kept.
   */
  remembered<T>(home: object, key: string, make: () => T): T;
  /** The same with stronger layers on top, weakest first. */
  with(layers: readonly Variables[]): Scope;
  /** Value of a variable, rendered deep; undefined when nobody set it. */
  get(name: string): unknown;
  /** Whether somebody set it; says nothing about whether it can be rendered. */
  has(name: string): boolean;
}

class TemplateScope implements Scope {
  readonly #chain: VariableChain;
  readonly #run: Run;
  readonly #options: ScopeOptions;

  constructor(chain: VariableChain, options: ScopeOptions) {
    this.#chain = chain;
    this.#options = options;
    this.#run = createRun(chain, options.lookups ?? {});
  }

  evaluate(source: Source | string): unknown {
    const { text, span } = typeof source === 'string' ? { text: source, span: undefined } : source;
    return this.#run.evaluate(text, span);
  }

  test(condition: Condition): boolean {
    if (typeof condition === 'boolean') return condition;
    const value = this.evaluate(condition);
    if (typeof value === 'boolean') return value;
    return conditionProblem(value, condition, this.#options.truthy === true);
  }

  render(value: unknown, place?: Pick<Located, 'at'>): unknown {
    return this.#run.renderDeep(value, place === undefined ? undefined : (path) => place.at(path));
  }

  query(name: string, terms: readonly unknown[], place?: Span): readonly unknown[] {
    return this.#run.query(name, terms, place);
  }

  renderText(text: string, options: RenderOptions = {}): string {
    const { variables: own } = options;
    if (own === undefined) return this.#run.renderFile(text, options);
    return this.#with([variables('template variables', own)]).#run.renderFile(text, options);
  }

  remembered<T>(home: object, key: string, make: () => T): T {
    return this.#run.remembered(home, key, make);
  }

  with(layers: readonly Variables[]): Scope {
    return this.#with(layers);
  }

  #with(layers: readonly Variables[]): TemplateScope {
    return new TemplateScope(this.#chain.with(layers), this.#options);
  }

  get(name: string): unknown {
    return this.#run.get(name);
  }

  has(name: string): boolean {
    return this.#chain.owner(name) !== undefined;
  }

  /** Of every variable that is set. */
  names(): Iterable<string> {
    return this.#chain.names();
  }
}

/** @param layers  weakest first */
export const createScope = (layers: readonly Variables[], options: ScopeOptions = {}): Scope =>
  new TemplateScope(new VariableChain(layers, undefined), options);

/**
 * The value of `hostvars`: a mapping of host names whose variables are rendered, each with the scope of its own host, when a
 * template reads them.
 *
 * @param scopeOf  called at most once a host; undefined: no such host
 */
export const hostVariables = (
  names: Iterable<string>,
  scopeOf: (name: string) => Scope | undefined,
): unknown => {
  const known = new Map<string, LazyMapping | undefined>();
  const make = (name: string): LazyMapping | undefined => {
    const scope = scopeOf(name);
    if (scope === undefined) return undefined;
    const keys = (): Iterable<string> => (scope instanceof TemplateScope ? scope.names() : []);
    return new LazyMapping((key) => scope.get(key), keys);
  };
  const get = (name: string): LazyMapping | undefined => {
    if (!known.has(name)) known.set(name, make(name));
    return known.get(name);
  };
  return new LazyMapping(get, () => names);
};

/**
 * A mapping whose values may be others the next time they are asked for: nothing that is made of them is remembered.
 *
 * @param get      undefined where there is nothing; may throw `Blocked`
 * @param explain  why there is nothing, for messages
 */
export const changingMapping = (
  get: (key: string) => unknown,
  keys: () => Iterable<string>,
  explain: (key: string) => string | undefined,
): LazyMapping => {
  const noted =
    <T extends readonly unknown[], R>(ask: (...args: T) => R) =>
    (...args: T): R => {
      noteChanging();
      return ask(...args);
    };
  return new LazyMapping(noted(get), noted(keys), { explain });
};
