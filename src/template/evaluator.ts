import { Blocked, isUnknown } from '../model/unknown.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { EvaluationProblem } from './evaluation-problem.ts';
import { filters } from './filters.ts';
import { listOf } from './list-of.ts';
import { fresh, isFresh, made } from './made-values.ts';
import { memberOf, partOf } from './member.ts';
import { callMethod, hasMethod, methodNames } from './methods.ts';
import type { Operation, Tools } from './operation.ts';
import { NothingThere, OperationProblem } from './operation-problem.ts';
import { applyArithmetic, applyComparison, applySign } from './operators.ts';
import { pythonText } from './python-text.ts';
import { runOperation, unbox } from './run-operation.ts';
import { slice } from './slice.ts';
import type { Arguments, Expression, Stretch } from './syntax.ts';
import { tests } from './tests.ts';
import { NoElse, UndefinedValue, UnusableVariable } from './undefined-value.ts';
import { Unrendered } from './unrendered.ts';
import {
  Callable,
  describeType,
  findUnknown,
  floatOf,
  isMapping,
  isTruthy,
  LazyMapping,
  mappingOf,
  setKey,
  tupleOf,
} from './values.ts';

/** Where names get their values: a scope, and in templates the loops and blocks around. */
export interface Names {
  /** undefined when nobody set it. */
  lookup(name: string): unknown;
  known(): Iterable<string>;
}

/** Filters that give what they were given, or a part of it; all others make something new. */
const handingOn = new Set('default d first last min max extract attr ternary mandatory safe'.split(' '));

/** Each operation looks at what matters to it; what else there is JavaScript finds out. */
const wrongTypes = 'this does not work with values of these types';

const makingMethods = new Set(['copy', 'split', 'rsplit', 'splitlines', 'keys', 'values', 'items']);

const isSequence = (value: unknown): boolean =>
  typeof value === 'string' || Array.isArray(value instanceof Unrendered ? value.value : value);

/**
 * Computes expressions as Python would. A value that may be missing or unknown is carried along until somebody needs
 * it: `evaluate` gives it as it is, `strict` insists.
 */
export class Evaluator {
  readonly #tools: Tools;
  #at: Stretch | undefined;

  constructor(tools: Omit<Tools, 'filter' | 'test'>) {
    this.#tools = {
      ...tools,
      filter: (name, value, positional, named) =>
        runOperation('filter', name, this.#tools, value, positional, named),
      test: (name, value, positional) => Boolean(runOperation('test', name, this.#tools, value, positional)),
    };
  }

  /** @throws EvaluationProblem, Blocked, TemplateError (of a variable that it refers to) */
  strict(node: Expression, names: Names): unknown {
    return this.settle(this.evaluate(node, names), node);
  }

  isTrue(node: Expression, names: Names): boolean {
    return isTruthy(this.strict(node, names));
  }

  /** The value itself. @throws EvaluationProblem when it is undefined, Blocked when part of it is not known yet */
  settle(value: unknown, node: Expression): unknown {
    if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
    if (value instanceof NoElse) return '';
    if (value instanceof UndefinedValue) throw this.#undefinedProblem(value);
    const settled = value instanceof Unrendered ? value.settle() : value;
    const missing = findUnknown(settled);
    if (missing !== undefined) throw new Blocked(missing.because);
    if (settled instanceof UndefinedValue) return this.settle(settled, node);
    return settled;
  }

  #undefinedProblem({ message, code, node, known, written, cause }: UndefinedValue): Error {
    if (cause !== undefined) return cause;
    const near = written === '' ? undefined : nearestName(written, known());
    const hint = didYouMean(near);
    const problem = new EvaluationProblem(message, code, node.at, hint);
    if (node.type === 'name') problem.missing = written;
    return problem;
  }

  /** The value, or an UndefinedValue, Unknown or Unrendered that stands for it. */
  evaluate(node: Expression, names: Names): unknown {
    switch (node.type) {
      case 'literal':
        return node.float === true && typeof node.value === 'number' ? floatOf(node.value) : node.value;
      case 'name':
        return this.#name(node, names);
      case 'attribute':
        return memberOf(this.evaluate(node.object, names), node.name, node, node.object);
      case 'item':
        return this.#item(node, names);
      case 'slice':
        return this.#slice(node, names);
      case 'call':
        return this.#call(node, names);
      case 'filter':
        return this.#filter(node, names);
      case 'test':
        return this.#test(node, names);
      case 'unary':
        return this.#unary(node, names);
      case 'arithmetic': {
        const left = this.strict(node.left, names);
        const right = this.strict(node.right, names);
        const result = this.#guard(node.at, () => applyArithmetic(node.operator, left, right));
        return typeof result === 'object' && result !== null ? fresh(result) : result;
      }
      case 'concat':
        return node.parts.map((part) => pythonText(this.strict(part, names))).join('');
      case 'compare':
        return this.#compare(node, names);
      case 'and': {
        const left = this.strict(node.left, names);
        return isTruthy(left) ? this.evaluate(node.right, names) : left;
      }
      case 'or': {
        const left = this.strict(node.left, names);
        return isTruthy(left) ? left : this.evaluate(node.right, names);
      }
      case 'condition':
        if (this.isTrue(node.test, names)) return this.evaluate(node.value, names);
        // Jinja2's rule: printed it is nothing, and `default()` takes its place.
        return node.otherwise === undefined ? new NoElse(node) : this.evaluate(node.otherwise, names);
      case 'list':
        return this.#list(
          node,
          node.items.map((item) => this.strict(item, names)),
        );
      case 'dict':
        return fresh(
          mappingOf(
            node.entries.map(([key, value]) => [
              pythonText(this.strict(key, names)),
              this.strict(value, names),
            ]),
          ),
        );
    }
  }

  #list(node: Expression & { type: 'list' }, items: unknown[]): unknown[] {
    return node.tuple === true ? tupleOf(items) : fresh(items);
  }

  #name(node: Expression & { type: 'name' }, names: Names): unknown {
    const value = names.lookup(node.name);
    if (value instanceof UnusableVariable)
      return new UndefinedValue(value.error.message, 'undefined-variable', node, '', undefined, value.error);
    if (value !== undefined) return value;
    return new UndefinedValue(`"${node.name}" is not defined`, 'undefined-variable', node, node.name, () =>
      names.known(),
    );
  }

  #item(node: Expression & { type: 'item' }, names: Names): unknown {
    const object = this.evaluate(node.object, names);
    if (object instanceof UndefinedValue) return object;
    const given = unbox(this.strict(node.key, names));
    const key = typeof given === 'boolean' && isSequence(object) ? Number(given) : given;
    if (typeof key !== 'string' && typeof key !== 'number') {
      if (typeof key === 'boolean' || key === null)
        return memberOf(object, pythonText(key), node, node.object);
      throw new EvaluationProblem(`${describeType(key)} cannot be a key`, 'template-error', node.at);
    }
    return memberOf(object, key, node, node.object);
  }

  #slice(node: Expression & { type: 'slice' }, names: Names): unknown {
    const object = this.strict(node.object, names);
    const [from, to, step] = [node.from, node.to, node.step].map((bound) =>
      bound === undefined ? null : unbox(this.strict(bound, names)),
    );
    return this.#guard(node.at, () => slice(object, from, to, step));
  }

  #unary(node: Expression & { type: 'unary' }, names: Names): unknown {
    const value = this.strict(node.operand, names);
    if (node.operator === 'not') return !isTruthy(value);
    return this.#guard(node.at, () => applySign(node.operator === '-' ? -1 : 1, value));
  }

  #compare(node: Expression & { type: 'compare' }, names: Names): boolean {
    let left = this.strict(node.first, names);
    for (const { operator, operand } of node.rest) {
      const right = this.strict(operand, names);
      if (!this.#guard(node.at, () => applyComparison(operator, left, right))) return false;
      left = right;
    }
    return true;
  }

  #arguments(
    args: Arguments,
    names: Names,
    { floats = false, loose = false } = {},
  ): { positional: unknown[]; named: Record<string, unknown> } {
    const read = (node: Expression): unknown => {
      const value = this.evaluate(node, names);
      if (value instanceof LazyMapping || (loose && value instanceof UndefinedValue)) return value;
      const settled = this.settle(value, node);
      return floats ? settled : unbox(settled);
    };
    const named: Record<string, unknown> = {};
    for (const [name, value] of args.named) setKey(named, name, read(value));
    const positional = args.positional.map(read);
    const { rest, namedRest } = args;
    if (rest !== undefined) {
      const list = this.strict(rest, names);
      positional.push(...this.#guard(rest.at, () => listOf(list, '"*"')));
    }
    if (namedRest !== undefined) {
      const more = this.strict(namedRest, names);
      if (!isMapping(more)) {
        const message = `"**" wants a mapping, found ${describeType(more)}`;
        throw new EvaluationProblem(message, 'template-error', namedRest.at);
      }
      for (const [name, value] of Object.entries(more)) setKey(named, name, value);
    }
    return { positional, named };
  }

  #call(node: Expression & { type: 'call' }, names: Names): unknown {
    const { callee } = node;
    if (callee.type === 'attribute') {
      const object = this.evaluate(callee.object, names);
      const part =
        object instanceof UndefinedValue || isUnknown(object) ? undefined : partOf(object, callee.name);
      if (!(part instanceof Callable)) return this.#method(object, callee, node, names);
    }
    const called = this.strict(callee, names);
    const target = called instanceof LazyMapping ? called.callable : called;
    if (!(target instanceof Callable)) {
      throw new EvaluationProblem(`${describeType(target)} cannot be called`, 'template-error', callee.at);
    }
    const { positional, named } = this.#arguments(node.args, names, target);
    return this.#guard(callee.at, () => target.call(positional, named));
  }

  #method(
    object: unknown,
    callee: Expression & { type: 'attribute' },
    node: Expression & { type: 'call' },
    names: Names,
  ): unknown {
    const value = object instanceof LazyMapping ? object : this.settle(object, callee.object);
    if (!hasMethod(value, callee.name)) {
      throw new EvaluationProblem(
        `${describeType(value)} has no method "${callee.name}"`,
        'unknown-method',
        callee.at,
        didYouMean(nearestName(callee.name, methodNames(value))),
      );
    }
    const { positional, named } = this.#arguments(node.args, names, { floats: callee.name === 'format' });
    const result = this.#guard(callee.at, () =>
      callMethod(value, callee.name, positional, named, isFresh(value)),
    );
    return makingMethods.has(callee.name) ? made(result, value) : result;
  }

  #filter(node: Expression & { type: 'filter' }, names: Names): unknown {
    const known = filters.get(node.name);
    const object = this.evaluate(node.object, names);
    const value = this.#operand(known, object, node.object);
    const result = this.#apply(node, value, names);
    return handingOn.has(node.name) ? result : made(result, value);
  }

  #operand(known: Operation | undefined, object: unknown, node: Expression): unknown {
    if (known?.loose === true) return object;
    const value = this.settle(object, node);
    return known?.floats === true ? value : unbox(value);
  }

  #test(node: Expression & { type: 'test' }, names: Names): boolean {
    const known = tests.get(node.name);
    const object = this.evaluate(node.object, names);
    const value = this.#operand(known, object, node.object);
    if (known?.loose === true && value instanceof UndefinedValue && !/^(?:un)?defined$/.test(node.name)) {
      throw this.#undefinedProblem(value);
    }
    return Boolean(this.#apply(node, value, names)) !== node.negated;
  }

  #apply(node: Expression & { type: 'filter' | 'test' }, value: unknown, names: Names): unknown {
    if (node.name === 'default' || node.name === 'd') return this.#default(node, value, names);
    const { positional, named } = this.#arguments(node.args, names);
    let missing = `"${node.name}" found nothing`;
    const result = this.#guard(node.at, () => {
      try {
        return runOperation(node.type, node.name, this.#tools, value, positional, named);
      } catch (error) {
        if (!(error instanceof NothingThere)) throw error;
        missing = error.message;
        return undefined;
      }
    });
    return result === undefined ? new UndefinedValue(missing, 'undefined-value', node) : result;
  }

  /** Its argument is evaluated only when needed, and may itself be undefined: `a | default(b) | default('c')`. */
  #default(node: Expression & { type: 'filter' | 'test' }, value: unknown, names: Names): unknown {
    const args = new Map(node.args.named);
    const other = node.args.positional[0] ?? args.get('default_value');
    const asked = node.args.positional[1] ?? args.get('boolean');
    const wanted = (): unknown => (other === undefined ? '' : this.evaluate(other, names));
    if (value instanceof UndefinedValue) return wanted();
    if (asked === undefined || !this.isTrue(asked, names)) return value;
    return isTruthy(this.settle(value, node.object)) ? value : wanted();
  }

  /** What is being called, or was called last. */
  get at(): Stretch | undefined {
    return this.#at;
  }

  #guard<T>(at: Stretch, run: () => T): T {
    this.#at = at;
    try {
      return run();
    } catch (error) {
      const cause =
        error instanceof TypeError ? new OperationProblem(wrongTypes, undefined, { cause: error }) : error;
      if (!(cause instanceof OperationProblem)) throw error;
      throw new EvaluationProblem(cause.message, 'template-error', at, cause.hint, { cause });
    }
  }
}
