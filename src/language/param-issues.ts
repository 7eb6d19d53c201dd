import type { z } from 'zod';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { describe, either } from './describe.ts';

type Issue = z.core.$ZodIssue;

/** A schema's complaint in words, and the part of the parameters that it is about. */
export interface ParamComplaint {
  readonly code: string;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly hint?: string | undefined;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (current, step) =>
      typeof current === 'object' && current !== null
        ? (current as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );

/** `state of apt`, `that[0] of assert`, or `apt` for the whole. */
const subjectOf = (path: readonly PropertyKey[], module: string): string => {
  const text = path.reduce<string>((sum, step) => {
    if (typeof step === 'number') return `${sum}[${step}]`;
    return sum === '' ? String(step) : `${sum}.${String(step)}`;
  }, '');
  return text === '' ? module : `${text} of ${module}`;
};

/** Whether a schema's author left the wording to zod, whose words are for programmers. */
export const isZodsWording = ({ code, message }: Issue): boolean =>
  code === 'custom'
    ? message === 'Invalid input'
    : /^(?:Invalid|Too small|Too big|Unrecognized)\b/.test(message);

interface Base {
  readonly args: unknown;
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
  readonly subject: string;
  readonly module: string;
}

const wantedType = (issue: Issue): string | undefined =>
  issue.code === 'invalid_type' && issue.path.length === 0
    ? (typeWords[issue.expected] ?? issue.expected)
    : undefined;

/** Of a union, the complaint of the alternative that was meant: one whose own type fits. */
const meantIssue = (issue: Issue, base: Base): Issue | undefined => {
  if (issue.code !== 'invalid_union' || base.value === undefined) return undefined;
  const branches = issue.errors as readonly (readonly Issue[])[];
  const inner = branches.find((issues) => !issues.some((one) => wantedType(one) !== undefined))?.[0];
  return inner === undefined ? undefined : ({ ...inner, path: [...issue.path, ...inner.path] } as Issue);
};

const bad = (base: Base, complaint: string, hint?: string): ParamComplaint => ({
  code: 'bad-parameter',
  message: `${base.subject} ${complaint}; found ${describe(base.value)}`,
  path: base.path,
  hint,
});

const missing = (base: Base): ParamComplaint => ({
  code: 'missing-parameter',
  message: `${subjectOf(base.path.slice(0, -1), base.module)} needs "${String(base.path.at(-1))}"`,
  path: base.path.slice(0, -1),
});

const describeTypes = (issue: Issue & { code: 'invalid_union' }, base: Base): ParamComplaint => {
  const wanted = issue.errors.flatMap((branch) => (branch as readonly Issue[]).map(wantedType));
  const types = [...new Set(wanted.filter((type) => type !== undefined))];
  return bad(base, types.length > 0 ? `must be ${either(types)}` : 'has the wrong form');
};

const describeChoice = (values: readonly unknown[], base: Base): ParamComplaint => {
  const names = values.map(String);
  const complaint = names.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(', ')}`;
  const near = typeof base.value === 'string' ? nearestName(base.value, names) : undefined;
  return bad(base, complaint, didYouMean(near));
};

const describeSize = (issue: Issue & { code: 'too_small' | 'too_big' }, base: Base): ParamComplaint => {
  const [bound, least] = issue.code === 'too_small' ? [issue.minimum, true] : [issue.maximum, false];
  const measures: Readonly<Record<string, string>> = { string: ' characters long', array: ' items long' };
  const measure = measures[issue.origin] ?? '';
  if (least && bound === 1 && measure !== '') return bad(base, 'must not be empty');
  return bad(base, `must be ${least ? 'at least' : 'at most'} ${bound}${measure}`);
};

/** A sentence that the module's author wrote; it may name the parameter by itself. */
const describeOwn = (issue: Issue, base: Base): ParamComplaint => {
  const { message } = issue;
  const named = !message.startsWith('expected') && message.includes(String(base.path.at(-1)));
  const about = issue.code === 'custom' && (base.value === undefined || named) ? base.module : base.subject;
  const joint = /^(?:must|needs|takes|cannot|is|has)\b/.test(message) ? ' ' : ': ';
  const found = message.startsWith('expected') && !message.includes('found');
  return {
    code: 'bad-parameter',
    message: `${about}${joint}${message}${found ? `; found ${describe(base.value)}` : ''}`,
    path: base.path,
  };
};

const describeZods = (issue: Issue, base: Base): ParamComplaint => {
  switch (issue.code) {
    case 'invalid_union':
      return describeTypes(issue, base);
    case 'invalid_value':
      return describeChoice(issue.values, base);
    case 'too_small':
    case 'too_big':
      return describeSize(issue, base);
    case 'invalid_type':
      return bad(base, `must be ${typeWords[issue.expected] ?? issue.expected}`);
    default:
      return bad(base, 'has the wrong form');
  }
};

/**
 * Says what a schema refused.
 *
 * @param args  the parameters as they were given to the schema
 * @param module  the task key, for the message
 */
export const describeIssue = (issue: Issue, args: unknown, module: string): ParamComplaint => {
  const { path } = issue;
  const value = valueAt(args, path);
  const base: Base = { args, value, path, subject: subjectOf(path, module), module };
  if (value === undefined && path.length > 0 && issue.code !== 'custom') return missing(base);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return {
      code: 'unknown-parameter',
      message: `unknown key "${key}" in ${base.subject}`,
      path: [...path, key],
    };
  }
  const meant = meantIssue(issue, base);
  if (meant !== undefined && (meant.path.length > path.length || isZodsWording(issue)))
    return describeIssue(meant, args, module);
  const complaint = isZodsWording(issue) ? describeZods(issue, base) : describeOwn(issue, base);
  const nearest =
    issue.code === 'invalid_value' ? nearestName(String(value), issue.values.map(String)) : undefined;
  return { ...complaint, hint: didYouMean(nearest) };
};
