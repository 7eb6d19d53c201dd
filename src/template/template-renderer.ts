import { EvaluationProblem } from './evaluation-problem.ts';
import type { Evaluator, Names } from './evaluator.ts';
import { listOf } from './list-of.ts';
import { fresh } from './made-values.ts';
import { namesIn } from './names-in.ts';
import { OperationProblem } from './operation-problem.ts';
import { isEqual } from './operators.ts';
import { pythonText } from './python-text.ts';
import type { Expression, Parameter, Stretch, Target, Template, TemplateNode } from './syntax.ts';
import { Callable, describeType, isMapping, LazyMapping, mappingOf, setKey, tupleOf } from './values.ts';

/** Names that a template sets itself, over those around. */
class Frame implements Names {
  readonly #values = new Map<string, unknown>();
  readonly #outer: Names;

  constructor(outer: Names) {
    this.#outer = outer;
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  lookup(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.#outer.lookup(name);
  }

  /** Names that were set here, apart from those that begin with "_" or a blank. */
  own(): ReadonlyMap<string, unknown> {
    return new Map([...this.#values].filter(([name]) => !/^[_ ]/.test(name)));
  }

  *known(): Iterable<string> {
    yield* [...this.#values.keys()].filter((name) => !name.startsWith(' '));
    yield* this.#outer.known();
  }
}

/** `{% break %}` and `{% continue %}` on their way to the loop. */
class Jump {
  readonly type: 'break' | 'continue';
  constructor(type: 'break' | 'continue') {
    this.type = type;
  }
}

/** Ansible prints nothing where there is nothing; inside of a list it is `None`. */
const printed = (value: unknown): string => (value === null ? '' : pythonText(value));

type For = TemplateNode & { type: 'for' };

/** The text of the first template that is there. @throws EvaluationProblem, TemplateError */
export type Include = (paths: readonly string[], names: Names, ignoreMissing: boolean, at: Stretch) => string;

/**
 * What the first template that is there defines: its macros, and the names that it sets.
 *
 * @param names  of whoever imports it; undefined: it sees none of them
 * @throws EvaluationProblem, TemplateError
 */
export type Import = (
  paths: readonly string[],
  names: Names | undefined,
  at: Stretch,
) => ReadonlyMap<string, unknown>;

/** Runs the statements of templates; what stands in expressions is the evaluator's. */
export class TemplateRenderer {
  readonly #evaluator: Evaluator;
  readonly #include: Include;
  readonly #import: Import;

  constructor(evaluator: Evaluator, { include, import: importing }: { include: Include; import: Import }) {
    this.#evaluator = evaluator;
    this.#include = include;
    this.#import = importing;
  }

  /** What a template defines for whoever imports it. @throws EvaluationProblem, Blocked, TemplateError */
  define(template: Template, names: Names): ReadonlyMap<string, unknown> {
    const frame = new Frame(names);
    this.#body(template, frame);
    return frame.own();
  }

  /** @throws EvaluationProblem, Blocked, TemplateError */
  render(template: Template, names: Names): string {
    return this.#body(template, new Frame(names));
  }

  #body(template: Template, frame: Frame): string {
    let text = '';
    for (const node of template) {
      try {
        text += this.#node(node, frame);
      } catch (jump) {
        if (jump instanceof Interrupted) throw new Interrupted(text + jump.text, jump.jump);
        throw jump;
      }
    }
    return text;
  }

  #node(node: TemplateNode, frame: Frame): string {
    switch (node.type) {
      case 'text':
        return node.text;
      case 'output':
        return printed(this.#evaluator.strict(node.expression, frame));
      case 'if': {
        const branch = node.branches.find(({ test }) => this.#evaluator.isTrue(test, frame));
        return this.#body(branch?.body ?? node.otherwise, frame);
      }
      case 'for':
        return this.#for(node, frame, this.#iterate(node.items, frame), 0);
      case 'set':
        this.#assign(node.target, this.#evaluator.strict(node.value, frame), frame, node.value.at);
        return '';
      case 'set-attribute':
        this.#setAttribute(node, frame);
        return '';
      case 'set-block':
        frame.set(node.name, this.#filtered(node.filters, this.#body(node.body, new Frame(frame)), frame));
        return '';
      case 'with': {
        const inner = new Frame(frame);
        for (const { name, value } of node.bindings) inner.set(name, this.#evaluator.strict(value, frame));
        return this.#body(node.body, inner);
      }
      case 'macro':
        frame.set(node.name, this.#macro(node.name, node.params, node.body, frame));
        return '';
      case 'call':
        return this.#call(node, frame);
      case 'filter-block':
        return pythonText(this.#filtered(node.filters, this.#body(node.body, new Frame(frame)), frame));
      case 'include':
        return this.#include(
          [this.#evaluator.strict(node.file, frame)].flat().map(pythonText),
          frame,
          node.ignoreMissing,
          node.file.at,
        );
      case 'import':
        this.#take(node, frame);
        return '';
      case 'do':
        this.#evaluator.strict(node.expression, frame);
        return '';
      case 'break':
      case 'continue':
        throw new Interrupted('', new Jump(node.type));
    }
  }

  #take(node: TemplateNode & { type: 'import' }, frame: Frame): void {
    const paths = [this.#evaluator.strict(node.file, frame)].flat().map(pythonText);
    const defined = this.#import(paths, node.context ? frame : undefined, node.file.at);
    if (node.name !== undefined) {
      frame.set(
        node.name,
        new LazyMapping(
          (key) => defined.get(key),
          () => defined.keys(),
        ),
      );
      return;
    }
    for (const { name, as } of node.names) {
      if (!defined.has(name)) {
        const message = `the template "${paths.join('", "')}" defines no "${name}"`;
        throw new EvaluationProblem(message, 'template-error', node.file.at);
      }
      frame.set(as, defined.get(name));
    }
  }

  #filtered(
    chain: { expression: Expression; input: string } | undefined,
    text: string,
    frame: Frame,
  ): unknown {
    if (chain === undefined) return text;
    const inner = new Frame(frame);
    inner.set(chain.input, text);
    return this.#evaluator.strict(chain.expression, inner);
  }

  #iterate(items: Expression, frame: Frame): readonly unknown[] {
    const value = this.#evaluator.strict(items, frame);
    if (value instanceof LazyMapping) return [...value.keys()];
    try {
      return listOf(value, '"for"');
    } catch (error) {
      if (!(error instanceof OperationProblem)) throw error;
      throw new EvaluationProblem(error.message, 'template-error', items.at, undefined, { cause: error });
    }
  }

  #for(node: For, frame: Frame, all: readonly unknown[], depth: number): string {
    const { filter } = node;
    const items =
      filter === undefined
        ? all
        : all.filter((item) => {
            const inner = new Frame(frame);
            this.#assign(node.target, item, inner, node.items.at);
            return this.#evaluator.isTrue(filter, inner);
          });
    if (items.length === 0) return this.#body(node.otherwise, frame);
    const state = { previous: undefined as unknown, seen: false };
    let text = '';
    for (const [index, item] of items.entries()) {
      const inner = new Frame(frame);
      inner.set('loop', this.#loop(node, frame, items, index, depth, state));
      this.#assign(node.target, item, inner, node.items.at);
      try {
        text += this.#body(node.body, inner);
      } catch (interrupted) {
        if (!(interrupted instanceof Interrupted)) throw interrupted;
        text += interrupted.text;
        if (interrupted.jump.type === 'break') break;
      }
    }
    return text;
  }

  #loop(
    node: For,
    frame: Frame,
    items: readonly unknown[],
    index: number,
    depth: number,
    state: { previous: unknown; seen: boolean },
  ): unknown {
    const facts: Readonly<Record<string, () => unknown>> = {
      index: () => index + 1,
      index0: () => index,
      revindex: () => items.length - index,
      revindex0: () => items.length - index - 1,
      first: () => index === 0,
      last: () => index === items.length - 1,
      length: () => items.length,
      depth: () => depth + 1,
      depth0: () => depth,
      previtem: () => items[index - 1],
      nextitem: () => items[index + 1],
      cycle: () => new Callable('cycle', (values) => values[index % values.length]),
      changed: () =>
        new Callable('changed', (values) => {
          const same = state.seen && isEqual(state.previous, values);
          [state.previous, state.seen] = [values, true];
          return !same;
        }),
    };
    const get = (key: string): unknown => (Object.hasOwn(facts, key) ? facts[key]?.() : undefined);
    const again = (positional: readonly unknown[]): string =>
      this.#for(node, frame, listOf(positional[0], 'loop'), depth + 1);
    return new LazyMapping(get, () => Object.keys(facts), {
      callable: node.recursive ? new Callable('loop', again) : undefined,
    });
  }

  #assign(target: Target, value: unknown, frame: Frame, at: Stretch): void {
    if ('name' in target) {
      frame.set(target.name, value);
      return;
    }
    const parts =
      typeof value === 'string' || Array.isArray(value) || isMapping(value) ? listOf(value, '') : undefined;
    if (parts?.length !== target.parts.length) {
      const found = parts === undefined ? describeType(value) : `${parts.length} values`;
      throw new EvaluationProblem(`${target.parts.length} names for ${found}`, 'template-error', at);
    }
    target.parts.forEach((part, index) => {
      this.#assign(part, parts[index], frame, at);
    });
  }

  #setAttribute(node: TemplateNode & { type: 'set-attribute' }, frame: Frame): void {
    const object = this.#evaluator.strict(node.object, frame);
    if (!isMapping(object) || !namespaces.has(object)) {
      throw new EvaluationProblem(
        'only attributes of a namespace() can be set',
        'template-error',
        node.object.at,
      );
    }
    const value = this.#evaluator.strict(node.value, frame);
    setKey(object as Record<string, unknown>, node.name, value);
  }

  #macro(name: string, params: readonly Parameter[], body: Template, frame: Frame): Callable {
    const used = namesIn(body);
    const call: Callable['call'] = (positional, named) => {
      const inner = new Frame(frame);
      const names = params.map((param) => param.name).slice(positional.length);
      const extra = Object.entries(named).filter(([key]) => key !== 'caller' && !names.includes(key));
      const [wrong] = used.has('kwargs') ? [] : extra;
      if (wrong !== undefined) {
        const twice = params.some((param) => param.name === wrong[0]);
        throw new OperationProblem(
          twice
            ? `the macro "${name}" got "${wrong[0]}" twice`
            : `the macro "${name}" has no parameter "${wrong[0]}"`,
        );
      }
      if (positional.length > params.length && !used.has('varargs'))
        throw new OperationProblem(`the macro "${name}" takes ${params.length} arguments`);
      params.forEach((param, index) => {
        const given = index < positional.length ? positional[index] : named[param.name];
        if (given !== undefined) inner.set(param.name, given);
        else if (param.fallback !== undefined)
          inner.set(param.name, this.#evaluator.strict(param.fallback, inner));
        else inner.set(param.name, undefined);
      });
      inner.set('caller', named['caller']);
      inner.set('varargs', tupleOf(positional.slice(params.length)));
      inner.set('kwargs', mappingOf(extra));
      return this.#body(body, inner);
    };
    return new Callable(name, call, { loose: true });
  }

  #call(node: TemplateNode & { type: 'call' }, frame: Frame): string {
    if (node.call.type !== 'call') return '';
    const inner = new Frame(frame);
    inner.set(' caller', this.#macro('caller', node.params, node.body, frame));
    const caller: Expression = { type: 'name', name: ' caller', at: node.call.at };
    const args = { ...node.call.args, named: [...node.call.args.named, ['caller', caller] as const] };
    return pythonText(this.#evaluator.strict({ ...node.call, args }, inner));
  }
}

class Interrupted {
  readonly text: string;
  readonly jump: Jump;
  constructor(text: string, jump: Jump) {
    this.text = text;
    this.jump = jump;
  }
}

const namespaces = new WeakSet<object>();

/** An object whose attributes `{% set ns.x = … %}` may change, for values that outlive a loop. */
export const createNamespace = (values: Readonly<Record<string, unknown>>): object => {
  const namespace = fresh({ ...values });
  namespaces.add(namespace);
  return namespace;
};
