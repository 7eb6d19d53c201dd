import type { z } from 'zod';
import { nearestName } from '../util/nearest-name.ts';
import { describe, didYouMean, either } from './describe.ts';

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

const zodsOwnMessage = (message: string): boolean =>
  /^(?:Invalid|Too small|Too big|Unrecognized)/.test(message);

const wantedType = (issue: Issue): string | undefined =>
  issue.code === 'invalid_type' && issue.path.length === 0
    ? (typeWords[issue.expected] ?? issue.expected)
    : undefined;

/** The alternative that was meant: the one whose own type fits and which complains further inside. */
const meantBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  branches.find((issues) => !issues.some((issue) => wantedType(issue) !== undefined));

const describeUnion = (issue: Issue & { code: 'invalid_union' }, base: Base): ParamComplaint => {
  const branches = issue.errors as readonly (readonly Issue[])[];
  const inner = base.value === undefined ? undefined : meantBranch(branches)?.[0];
  if (inner !== undefined) {
    const nested = { ...inner, path: [...issue.path, ...inner.path] } as Issue;
    return describeIssue(nested, base.args, base.module);
  }
  const types = [
    ...new Set(branches.flatMap((some) => some.map(wantedType)).filter((type) => type !== undefined)),
  ];
  return bad(base, `must be ${either(types.length > 0 ? types : ['something else'])}`);
};

interface Base {
  readonly args: unknown;
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
  readonly subject: string;
  readonly module: string;
}

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

const describeChoice = (values: readonly unknown[], base: Base): ParamComplaint => {
  const names = values.map(String);
  const complaint = values.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(', ')}`;
  return bad(base, complaint, didYouMean(nearestName(String(base.value), names)));
};

const describeSize = (issue: Issue & { code: 'too_small' | 'too_big' }, base: Base): ParamComplaint => {
  const [bound, least] = issue.code === 'too_small' ? [issue.minimum, true] : [issue.maximum, false];
  const measured =
    issue.origin === 'string' ? ' characters long' : issue.origin === 'array' ? ' items long' : '';
  if (least && bound === 1 && measured !== '') return bad(base, 'must not be empty');
  return bad(base, `must be ${least ? 'at least' : 'at most'} ${bound}${measured}`);
};

/** A sentence that the module's author wrote. */
const describeOwn = (message: string, base: Base): ParamComplaint => {
  const joint = /^(?:must|needs|takes|cannot|is|has)\b/.test(message) ? ' ' : ': ';
  const found =
    message.startsWith('expected') && !message.includes('found') ? `; found ${describe(base.value)}` : '';
  return { code: 'bad-parameter', message: `${base.subject}${joint}${message}${found}`, path: base.path };
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
  if (issue.code === 'unrecognized_keys')
    return {
      code: 'unknown-parameter',
      message: `unknown key "${issue.keys[0]}" in ${base.subject}`,
      path: [...path, issue.keys[0] ?? ''],
    };
  if (!zodsOwnMessage(issue.message)) return describeOwn(issue.message, base);
  switch (issue.code) {
    case 'invalid_union':
      return describeUnion(issue, base);
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
