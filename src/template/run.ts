import type { Variables } from '../model/located.ts';
import type { RenderOptions } from '../model/module.ts';
import type { Span } from '../model/span.ts';
import { TemplateError } from '../model/template-error.ts';
import { atPlace, spanHere, wholeText } from './at-place.ts';
import { compileExpression, compileTemplate, holdsTemplate, isTemplate, valueOptions } from './compiled.ts';
import { EvaluationProblem } from './evaluation-problem.ts';
import { Evaluator, type Names } from './evaluator.ts';
import { FileRenderer, folderOf } from './file-renderer.ts';
import { createFunctions } from './functions.ts';
import { keepLastBreaks, withoutLastBreak } from './last-breaks.ts';
import { variables } from './layers.ts';
import type { Lookups } from './lookups.ts';
import { finished } from './made-values.ts';
import { OperationProblem } from './operation-problem.ts';
import { nowhere, type Place, placeInScalar } from './place.ts';
import { noteChanging, noteMeaning, noteName, rememberedIn } from './recording.ts';
import { homeOf, meaningOf } from './render-memo.ts';
import { whileRendering } from './self-reference.ts';
import { UnusableVariable } from './undefined-value.ts';
import { Unrendered } from './unrendered.ts';
import { type Callable, isMapping, LazyMapping, mappingOf } from './values.ts';
import type { VariableChain } from './variable-chain.ts';

const undefinedCodes = new Set(['undefined-variable', 'undefined-attribute', 'undefined-value']);

/** Spans of a value's parts, by path. */
type SpanAt = (path: readonly PropertyKey[]) => Span | undefined;

/** Evaluation and rendering with the variables of one scope. */
export interface Run {
  evaluate(text: string, span: Span | undefined): unknown;
  renderDeep(value: unknown, spanAt: SpanAt | undefined): unknown;
  renderFile(text: string, options: RenderOptions): string;
  query(name: string, terms: readonly unknown[], span: Span | undefined): readonly unknown[];
  get(name: string): unknown;
  /** See `Scope.remembered`. */
  remembered<T>(home: object, key: string, make: () => T): T;
}

/** Stands among the names for what lookups can reach; no variable is called so. */
const lookupsName = '\0lookups';

const labelOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

const keyOf = (path: readonly PropertyKey[]): string => path.map(String).join('\0');

/** Where a variable's parts stand in files, and the values that its layer holds. */
interface VariableHome {
  readonly spanAt: SpanAt;
  readonly home: object;
}

class ScopeRun implements Run, Names {
  readonly #chain: VariableChain;
  readonly #lookups: Lookups;
  #madeFiles: FileRenderer | undefined;
  #madeEvaluator: Evaluator | undefined;
  #functions: ReadonlyMap<string, unknown> | undefined;
  constructor(chain: VariableChain, lookups: Lookups) {
    this.#chain = chain;
    this.#lookups = lookups;
  }

  // Made when they are needed: most scopes are asked only for what is remembered.

  get #evaluator(): Evaluator {
    this.#madeEvaluator ??= new Evaluator({
      lookups: this.#reach,
      variable: (name) => this.get(name),
      chance: this.#chance,
      render: (text) => this.#renderValue(text, nowhere),
    });
    return this.#madeEvaluator;
  }

  get #files(): FileRenderer {
    this.#madeFiles ??= new FileRenderer({
      evaluator: this.#evaluator,
      lookups: this.#reach,
      globals: { lookup: (name) => this.#globals.get(name), known: () => this.#globals.keys() },
    });
    return this.#madeFiles;
  }

  get #globals(): ReadonlyMap<string, unknown> {
    this.#functions ??= createFunctions({
      lookups: this.#reach,
      variable: (name) => this.get(name),
      chance: this.#chance,
      names: () => {
        // Which names there are is never the same.
        noteChanging();
        return this.#chain.names();
      },
      renderFile: (text, file, own, delimiters) => {
        const options = { file, delimiters };
        return own === undefined ? this.renderFile(text, options) : this.#renderWith(text, options, own);
      },
    });
    return this.#functions;
  }

  // Names

  lookup(name: string): unknown {
    const owner = this.#note(name);
    if (owner === undefined) return name === 'vars' ? this.#allVariables() : this.#globals.get(name);
    const value = owner.values[name];
    if (owner.literal === true || !holdsTemplate(value)) return value;
    const spanAt: SpanAt = (path) => owner.at?.(path) ?? owner.place(name);
    return this.#part(value, [name], { spanAt, home: owner.values });
  }

  /** Notes that the name is used. @returns the layer that sets it */
  #note(name: string): Variables | undefined {
    const owner = this.#chain.owner(name);
    noteName(this.#chain, name, meaningOf(name, owner));
    return owner;
  }

  known(): Iterable<string> {
    return [...this.#chain.names(), ...this.#globals.keys()];
  }

  #allVariables(): LazyMapping {
    // Which names there are is part of it, and that is never the same.
    noteMeaning('vars', {});
    return new LazyMapping(
      (name) => (this.#chain.owner(name) === undefined ? undefined : this.get(name)),
      () => this.#chain.names(),
    );
  }

  /** A variable or part of one: texts rendered, containers only when their parts are asked for. */
  #part(value: unknown, path: readonly PropertyKey[], variable: VariableHome): unknown {
    if (!holdsTemplate(value)) return value ?? null;
    if (typeof value === 'string') return this.#variableText(value, path, variable);
    const container = value as Readonly<Record<string | number, unknown>>;
    return new Unrendered(
      container,
      () =>
        this.remembered(variable.home, `${keyOf(path)}\0*`, () => this.#settle(container, path, variable)),
      (key) => this.#part(container[key], [...path, key], variable),
    );
  }

  #settle(value: unknown, path: readonly PropertyKey[], variable: VariableHome): unknown {
    const settle = (part: unknown, key: PropertyKey): unknown => {
      const found = this.#part(part, [...path, key], variable);
      if (found instanceof UnusableVariable) throw found.error;
      return found instanceof Unrendered ? found.settle() : found;
    };
    if (Array.isArray(value)) return value.map(settle);
    return mappingOf(Object.entries(value as object).map(([key, part]) => [key, settle(part, key)]));
  }

  #variableText(text: string, path: readonly PropertyKey[], { spanAt, home }: VariableHome): unknown {
    const key = keyOf(path);
    const entry = { key, label: labelOf(path), span: spanAt(path), chain: this.#chain };
    try {
      return this.remembered(home, key, () =>
        whileRendering(entry, () => this.#renderValue(text, placeInScalar(text, entry.span))),
      );
    } catch (error) {
      if (error instanceof TemplateError && undefinedCodes.has(error.diagnostic.code))
        return new UnusableVariable(error);
      throw error;
    }
  }

  /** NOTE: what is made hangs on what was seen to be asked for: the host and the item are variables like others. */
  readonly #chance = (): string | undefined => {
    const chance = this.#reach.chance?.();
    if (chance === undefined) return undefined;
    const { file = '', offset = 0 } = spanHere(this.#evaluator.at ?? wholeText) ?? {};
    const item = this.get(String(this.get('ansible_loop_var') ?? 'item'));
    return JSON.stringify([chance, this.get('inventory_hostname'), file, offset, item]);
  };

  readonly #means = (name: string): unknown =>
    name === lookupsName ? this.#lookups : meaningOf(name, this.#chain.owner(name));

  /** What is looked up depends on where is looked: noted as if it were a variable. */
  get #reach(): Lookups {
    const note = (): void => {
      noteMeaning(lookupsName, this.#lookups);
    };
    const noted = <K, T>(look: ((term: K) => T) | undefined): ((term: K) => T) | undefined =>
      look === undefined
        ? undefined
        : (term) => {
            note();
            return look(term);
          };
    const { env, file, template, find, kind, glob, tree, pipe, now, chance, password } = this.#lookups;
    return {
      env: noted(env),
      file: noted(file),
      template: noted(template),
      nearest: this.#lookups.nearest,
      find: noted(find),
      kind: noted(kind),
      glob: noted(glob),
      tree: noted(tree),
      pipe: noted(pipe),
      now: noted<void, Date>(now),
      chance: noted<void, string>(chance),
      password: noted(password),
    };
  }

  remembered<T>(home: object, key: string, make: () => T): T {
    return rememberedIn({ home, key, chain: this.#chain, means: this.#means }, make);
  }

  // Run

  get(name: string): unknown {
    if (this.#note(name) === undefined) return undefined;
    const value = this.lookup(name);
    if (typeof value !== 'object') return value;
    if (value instanceof UnusableVariable) throw value.error;
    return this.#evaluator.settle(value, { type: 'name', name, at: { start: 0, end: 0 } });
  }

  evaluate(text: string, span: Span | undefined): unknown {
    const place = placeInScalar(text, span);
    if (/^\s*\{[{%]/.test(text) && /[}%]\}\s*$/.test(text)) return this.#renderValue(text.trim(), place);
    return this.remembered(homeOf(text), 'expression', () =>
      atPlace(place, () => finished(this.#evaluator.strict(compileExpression(text), this))),
    );
  }

  renderDeep(value: unknown, spanAt: SpanAt | undefined): unknown {
    if (typeof value !== 'object' || value === null || !holdsTemplate(value))
      return this.#deep(value, [], spanAt);
    return this.remembered(value, '', () => this.#deep(value, [], spanAt));
  }

  #deep(value: unknown, path: readonly PropertyKey[], spanAt: SpanAt | undefined): unknown {
    if (!holdsTemplate(value)) return value;
    if (typeof value === 'string') return this.#renderValue(value, placeInScalar(value, spanAt?.(path)));
    if (Array.isArray(value)) return value.map((part, index) => this.#deep(part, [...path, index], spanAt));
    if (!isMapping(value)) return value;
    return mappingOf(
      Object.entries(value).map(([key, part]) => [key, this.#deep(part, [...path, key], spanAt)]),
    );
  }

  /** A text that may be one expression, whose type is then kept. */
  #renderValue(text: string, place: Place): unknown {
    if (!isTemplate(text)) return text;
    return atPlace(place, () => {
      const template = compileTemplate(withoutLastBreak(text), valueOptions);
      const [only] = template;
      if (text.endsWith('\n') || template.length !== 1 || only?.type !== 'output')
        return keepLastBreaks(text, this.#files.renderValue(template, this));
      return finished(this.#evaluator.strict(only.expression, this));
    });
  }

  #renderWith(text: string, options: RenderOptions, own: Readonly<Record<string, unknown>>): string {
    const chain = this.#chain.with([variables('template variables', own)]);
    return new ScopeRun(chain, this.#lookups).renderFile(text, options);
  }

  query(name: string, terms: readonly unknown[], span: Span | undefined): readonly unknown[] {
    const query = this.#globals.get('query') as Callable;
    return atPlace(
      () => span,
      () => {
        try {
          return finished(query.call([name, ...terms], {})) as readonly unknown[];
        } catch (error) {
          if (!(error instanceof OperationProblem)) throw error;
          throw new EvaluationProblem(error.message, 'template-error', wholeText, error.hint, {
            cause: error,
          });
        }
      },
    );
  }

  renderFile(text: string, options: RenderOptions): string {
    const { file, trimBlocks = true, lstripBlocks = false, delimiters } = options;
    const own = delimiters === undefined ? '' : JSON.stringify(delimiters);
    const key = `${trimBlocks} ${lstripBlocks} ${own} ${folderOf(file) ?? ''}`;
    return this.remembered(homeOf(text), key, () => this.#files.render(text, options, this));
  }
}

export const createRun = (chain: VariableChain, lookups: Lookups): Run => new ScopeRun(chain, lookups);
