import type { Condition } from '../model/play.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { compileExpression } from '../template/compiled.ts';
import { namesIn } from '../template/names-in.ts';
import { createScope, type Scope, variables } from '../template/scope.ts';
import { SyntaxProblem } from '../template/syntax.ts';
import { isTruthy } from '../template/values.ts';

/** What hosts here say of themselves, whichever they are. */
const always = { os_family: 'Debian', pkg_mgr: 'apt', system: 'Linux', service_mgr: 'systemd' };

const scopeOf = (facts: Readonly<Record<string, string>>): Scope =>
  createScope([
    variables('facts', {
      ansible_facts: facts,
      ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value])),
    }),
  ]);

const ours = ['Debian', 'Ubuntu'].map((distribution) => scopeOf({ ...always, distribution }));

/** Conjuncts, each tried by itself: what the others hang on is not known. */
const partsOf = (text: string): readonly string[] => [text, ...text.split(/\band\b/)];

/** Names that a text asks for; undefined: it is no expression. */
const namesAsked = (text: string): ReadonlySet<string> | undefined => {
  try {
    return namesIn(compileExpression(text));
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
};

const isFalseFor = (scope: Scope, text: string): boolean => {
  try {
    return !isTruthy(scope.evaluate(text));
  } catch (error) {
    // Whatever else it speaks of; and a part that is no expression by itself.
    if (error instanceof TemplateError || error instanceof Blocked) return false;
    throw error;
  }
};

/** It speaks of nothing but what is said of hosts here. */
const isClear = (scope: Scope, text: string): boolean => {
  const names = namesAsked(text);
  return names !== undefined && [...names].every((name) => scope.has(name));
};

const fails = (condition: Condition, counts: (scope: Scope, text: string) => boolean): boolean => {
  if (typeof condition === 'boolean') return !condition;
  const parts = /\bor\b/.test(condition.text) ? [condition.text] : partsOf(condition.text);
  return ours.every((scope) => parts.some((text) => counts(scope, text) && isFalseFor(scope, text)));
};

/**
 * Whether conditions clearly speak of systems that are none of ours: `ansible_os_family == 'RedHat'`. They are tried with what
 * every Debian says of itself, and with nothing else.
 */
export const isForOtherSystems = (when: readonly Condition[]): boolean =>
  when.some((condition) => fails(condition, isClear));

/** Whether they do not hold as long as nobody sets what they speak of: `some_switch | default(false)`, `name is defined`. */
export const hangsOnSwitch = (when: readonly Condition[]): boolean =>
  when.some((condition) => fails(condition, () => true));
