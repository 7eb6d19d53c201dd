import { posix } from 'node:path';
import type { Variables } from '../model/located.ts';
import type { RenderOptions } from '../model/module.ts';
import { renderPlace, type Span } from '../model/span.ts';
import { TemplateError } from '../model/template-error.ts';
import { compileExpression, compileTemplate, holdsTemplate, isTemplate, valueOptions } from './compiled.ts';
import { EvaluationProblem } from './evaluation-problem.ts';
import { Evaluator, finished, type Names, UnusableVariable } from './evaluator.ts';
import { createFunctions } from './functions.ts';
import { keepLastBreaks, withoutLastBreak } from './last-breaks.ts';
import { variables } from './layers.ts';
import type { Lookups } from './lookups.ts';
import { OperationProblem } from './operation-problem.ts';
import { behind, nowhere, type Place, placeInFile, placeInScalar } from './place.ts';
import { homeOf, type Meanings, meaningOf, recall, remember } from './render-memo.ts';
import { type Stretch, SyntaxProblem } from './syntax.ts';
import { headerOf } from './template-header.ts';
import type { TemplateOptions } from './template-parser.ts';
import { type Import, type Include, TemplateRenderer } from './template-renderer.ts';
import { Unrendered } from './unrendered.ts';
import { Callable, isMapping, LazyMapping, mappingOf } from './values.ts';
import type { VariableChain } from './variable-chain.ts';

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

/** Variables being rendered, outermost first: found again, they refer to themselves. */
interface Rendering {
  readonly key: string;
  readonly label: string;
  readonly span: Span | undefined;
}

/** Evaluation is synchronous: one stack of what is being rendered, and one of the names used, serve all scopes. */
const rendering: (Rendering & { readonly chain: VariableChain })[] = [];
/** Stands among the names for what lookups can reach; no variable is called so. */
const lookupsName = '\0lookups';

/** Names that are used while something is made that is to be remembered, and the scope it is remembered for. */
interface Recording {
  readonly names: Map<string, unknown>;
  readonly chain: VariableChain;
}

const recordings: Recording[] = [];

const undefinedCodes = new Set(['undefined-variable', 'undefined-attribute', 'undefined-value']);

const locate = (error: unknown, place: Place): unknown => {
  if (error instanceof EvaluationProblem || error instanceof SyntaxProblem) {
    const { message, code, hint } = error;
    const span = place(error.at);
    const missing = error instanceof EvaluationProblem ? error.missing : undefined;
    return new TemplateError({ severity: 'error', code, message, span, hint, missing }, { cause: error });
  }
  if (error instanceof RangeError) {
    const span = place({ start: 0, end: 1 });
    const message = 'this calls itself without end, or becomes too large';
    return new TemplateError({ severity: 'error', code: 'too-large', message, span }, { cause: error });
  }
  if (!(error instanceof TemplateError)) return error;
  // Raised by a variable that this text refers to: show the way to it.
  const span = place({ start: 0, end: 1 });
  const { diagnostic } = error;
  const related = diagnostic.related ?? [];
  if (span === undefined || related.length > 4) return error;
  const known = [diagnostic.span, ...related.map((one) => one.span)].some(
    (other) => other !== undefined && renderPlace(other) === renderPlace(span),
  );
  if (known) return error;
  return new TemplateError(
    { ...diagnostic, related: [...related, { message: 'used here', span }] },
    { cause: error },
  );
};

/** Where what is being rendered stands, outermost first. */
const places: Place[] = [];

const atPlace = <T>(place: Place, run: () => T): T => {
  places.push(place);
  try {
    return run();
  } catch (error) {
    throw locate(error, place);
  } finally {
    places.pop();
  }
};

const loopProblem = (from: number, again: Rendering): TemplateError => {
  const chain = rendering.slice(from);
  const names = [...chain.map(({ label }) => label), again.label];
  const related = chain
    .slice(1)
    .flatMap(({ label, span }) => (span === undefined ? [] : [{ message: `"${label}" stands here`, span }]));
  return new TemplateError({
    severity: 'error',
    code: 'recursive-variable',
    message: `"${again.label}" refers to itself: ${names.map((name) => `"${name}"`).join(' → ')}`,
    span: again.span,
    related,
  });
};

const unixBreaks = (text: string): string => text.replaceAll(/\r\n?/g, '\n');

const wholeText = { start: 0, end: 1 };

const labelOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

const keyOf = (path: readonly PropertyKey[]): string => path.map(String).join('\0');

/** Stands among the names for what nobody can tell to be the same again. */
const elsewhere = '\0elsewhere';

/** Notes that what is being made holds something that may be other when it is asked for again. */
export const noteChanging = (): void => {
  recordings.at(-1)?.names.set(elsewhere, {});
};

/**
 * Notes that a name was asked for in the scope of `chain`. What a narrower scope has laid over the recording's own was made
 * while recording, of what was noted; what another host's scope says is never the same.
 */
const note = (
  { names, chain: own }: Recording,
  chain: VariableChain,
  name: string,
  meaning: unknown,
): void => {
  if (chain === own) names.set(name, meaning);
  else if (!chain.isWithin(own)) names.set(elsewhere, {});
  else if (!chain.laysOver(own, name)) names.set(name, meaning);
};

const noteAll = (names: Meanings, chain: VariableChain): void => {
  const recording = recordings.at(-1);
  if (recording !== undefined) for (const [name, meaning] of names) note(recording, chain, name, meaning);
};

/** Where a variable's parts stand in files, and the values that its layer holds. */
interface VariableHome {
  readonly spanAt: SpanAt;
  readonly home: object;
}

class ScopeRun implements Run, Names {
  readonly #chain: VariableChain;
  readonly #lookups: Lookups;
  #madeRenderer: TemplateRenderer | undefined;
  #madeEvaluator: Evaluator | undefined;
  #functions: ReadonlyMap<string, unknown> | undefined;
  /** Of the file that is being rendered; what it includes is read alike. */
  #fileOptions: TemplateOptions = { ...valueOptions, rawTexts: false };
  /** Where that file lies. */
  #fileFolder: string | undefined;

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

  get #renderer(): TemplateRenderer {
    this.#madeRenderer ??= new TemplateRenderer(this.#evaluator, {
      include: this.#include,
      import: this.#import,
    });
    return this.#madeRenderer;
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

  readonly #include: Include = (paths, names, ignoreMissing, at) => {
    const found = this.#find(paths, ignoreMissing, at);
    if (found === undefined) return '';
    const { source, place } = found;
    return atPlace(place, () => this.#renderer.render(compileTemplate(source, this.#fileOptions), names));
  };

  readonly #import: Import = (paths, names = this.#withoutVariables, at) => {
    const { source, place } = this.#find(paths, false, at) ?? { source: '', place: nowhere };
    const defined = atPlace(place, () =>
      this.#renderer.define(compileTemplate(source, this.#fileOptions), names),
    );
    // What is wrong in a macro is shown where it stands, not where it is called.
    const ofPlace = ({ name, call, loose }: Callable): Callable =>
      new Callable(name, (positional, named) => atPlace(place, () => call(positional, named)), { loose });
    return new Map(
      [...defined].map(([name, value]) => [name, value instanceof Callable ? ofPlace(value) : value]),
    );
  };

  /** For what is imported without context: only what is there in every template. */
  readonly #withoutVariables: Names = {
    lookup: (name) => this.#globals.get(name),
    known: () => this.#globals.keys(),
  };

  /** The first template that is there. @returns undefined: none is, and that is allowed. @throws EvaluationProblem */
  #find(
    paths: readonly string[],
    ignoreMissing: boolean,
    at: Stretch,
  ): { readonly source: string; readonly place: Place } | undefined {
    const path = paths
      .flatMap((candidate) => this.#placesOf(candidate))
      .find((candidate) => this.#reach.template?.(candidate) !== undefined);
    const text = path === undefined ? undefined : this.#reach.template?.(path);
    if (text === undefined && ignoreMissing) return undefined;
    if (path === undefined || text === undefined) {
      const near = this.#reach.nearest?.('template', paths[0] ?? '');
      const hint = near === undefined ? undefined : `did you mean "${near}"?`;
      const message = `there is no template "${paths.join('", "')}"`;
      throw new EvaluationProblem(message, 'missing-template', at, hint);
    }
    // Unlike of the template itself, the last line break is no part of what is included.
    const source = withoutLastBreak(unixBreaks(text));
    return { source, place: placeInFile(source, path) };
  }

  /** Names of a template, in the order they are looked for: beside the file that is being rendered comes last, after Ansible. */
  #placesOf(name: string): readonly string[] {
    return this.#fileFolder === undefined || posix.isAbsolute(name)
      ? [name]
      : [name, posix.join(this.#fileFolder, name)];
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
    const recording = recordings.at(-1);
    if (recording !== undefined) note(recording, this.#chain, name, meaningOf(name, owner));
    return owner;
  }

  known(): Iterable<string> {
    return [...this.#chain.names(), ...this.#globals.keys()];
  }

  #allVariables(): LazyMapping {
    // Which names there are is part of it, and that is never the same.
    recordings.at(-1)?.names.set('vars', {});
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
      return this.remembered(home, key, () => {
        const again = rendering.findIndex((one) => one.key === key && one.chain === this.#chain);
        if (again !== -1) throw loopProblem(again, entry);
        rendering.push(entry);
        try {
          return this.#renderValue(text, placeInScalar(text, entry.span));
        } finally {
          rendering.pop();
        }
      });
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
    const { file = '', offset = 0 } = places.at(-1)?.(this.#evaluator.at ?? wholeText) ?? {};
    const item = this.get(String(this.get('ansible_loop_var') ?? 'item'));
    return JSON.stringify([chance, this.get('inventory_hostname'), file, offset, item]);
  };

  readonly #means = (name: string): unknown =>
    name === lookupsName ? this.#lookups : meaningOf(name, this.#chain.owner(name));

  /** What is looked up depends on where is looked: noted as if it were a variable. */
  get #reach(): Lookups {
    const note = (): void => {
      recordings.at(-1)?.names.set(lookupsName, this.#lookups);
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

  /** The value as it was rendered before, for whatever host, where nothing it is made of is other now. */
  remembered<T>(home: object, key: string, compute: () => T): T {
    const known = recall(home, key, this.#means);
    if (known !== undefined) {
      noteAll(known.names, this.#chain);
      return known.value as T;
    }
    const names = new Map<string, unknown>();
    recordings.push({ names, chain: this.#chain });
    try {
      const value = compute();
      if (!names.has(elsewhere)) remember(home, key, { value, names });
      return value;
    } finally {
      recordings.pop();
      noteAll(names, this.#chain);
    }
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
        return keepLastBreaks(text, this.#renderer.render(template, this));
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

  renderFile(
    text: string,
    { file, trimBlocks = true, lstripBlocks = false, delimiters }: RenderOptions,
  ): string {
    const folder = file === undefined ? undefined : posix.dirname(file);
    const own = delimiters === undefined ? '' : JSON.stringify(delimiters);
    return this.remembered(homeOf(text), `${trimBlocks} ${lstripBlocks} ${own} ${folder ?? ''}`, () => {
      const whole = unixBreaks(text);
      const place = placeInFile(whole, file);
      const { length, ...said } = atPlace(place, () => headerOf(whole, delimiters));
      const source = whole.slice(length);
      const around = { options: this.#fileOptions, folder: this.#fileFolder };
      this.#fileOptions = { trimBlocks, lstripBlocks, delimiters, ...said, rawTexts: false };
      this.#fileFolder = folder;
      try {
        return atPlace(behind(length, place), () =>
          keepLastBreaks(
            source,
            this.#renderer.render(compileTemplate(withoutLastBreak(source), this.#fileOptions), this),
          ),
        );
      } finally {
        this.#fileOptions = around.options;
        this.#fileFolder = around.folder;
      }
    });
  }
}

export const createRun = (chain: VariableChain, lookups: Lookups): Run => new ScopeRun(chain, lookups);
