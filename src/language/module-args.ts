import type { z } from 'zod';
import { parseWithRelativePaths } from '../model/home-path.ts';
import type { Located } from '../model/located.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import type { Mapping } from './fields.ts';
import { whyIdle } from './idle-params.ts';
import { taskKeywords } from './keywords.ts';
import { argsOf, type ModuleCall, type Param } from './module-call.ts';
import { describeIssue, isZodsWording, valueAt } from './param-issues.ts';
import { paramNames, takenParamNames } from './param-names.ts';
import { readParams } from './params.ts';
import type { Problems } from './problems.ts';
import { whyRefused } from './refused-params.ts';
import { containsTemplate, hasTemplate } from './source.ts';

type Issue = z.core.$ZodIssue;

const unknownHint = (param: Param, call: ModuleCall): string | undefined => {
  if (taskKeywords.has(param.written))
    return `"${param.written}" is a keyword of the task: write it in the column of "${call.name}"`;
  const names = takenParamNames(call.module.params);
  const aliases = Object.entries(call.module.aliases ?? {}).filter(([, name]) => names.includes(name));
  const nearest = nearestName(param.written, [...names, ...aliases.map(([alias]) => alias)]);
  const takes =
    names.length === 0
      ? `${call.name} takes no parameters`
      : `${call.name} takes: ${[...names].sort().join(', ')}`;
  return didYouMean(nearest, takes);
};

/** Reports the parameters that the module does not have, and gives the others. */
const knownParams = (params: readonly Param[], call: ModuleCall, problems: Problems): readonly Param[] => {
  const names = paramNames(call.module.params);
  if (names === undefined) return params;
  return params.filter((param) => {
    if (names.includes(param.name)) return true;
    const why = whyIdle(param.written, call, names);
    if (why !== undefined) {
      problems.warning('no-effect', `"${param.written}" of ${call.name} has no effect`, param.key, {
        hint: why,
      });
      return false;
    }
    const instead = whyRefused(param.written, call.module.name, names);
    if (instead !== undefined) {
      const message = `"${param.written}" of ${call.name} is not supported: ${instead}`;
      problems.error('unknown-parameter', message, param.key);
      return false;
    }
    problems.error('unknown-parameter', `unknown parameter "${param.written}" of ${call.name}`, param.key, {
      hint: unknownHint(param, call),
    });
    return false;
  });
};

/** The value at the issue's path is only known once templates are rendered. */
const isOpen = (issue: Issue, args: Mapping): boolean => {
  const value = valueAt(args, issue.path);
  if (issue.path.length === 0) return false;
  const above = issue.path.map((_, index) => valueAt(args, issue.path.slice(0, index)));
  return containsTemplate(value) || above.some((one) => typeof one === 'string' && hasTemplate(one));
};

const replaceTemplates = (value: unknown, text: string): unknown => {
  if (typeof value === 'string') return hasTemplate(value) ? text : value;
  if (Array.isArray(value)) return value.map((item) => replaceTemplates(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaceTemplates(part, text)]));
};

const parse = ({ module, truthy }: ModuleCall, args: unknown) =>
  truthy === true ? parseWithRelativePaths(module.params, args) : module.params.safeParse(args);

const issuesOf = (call: ModuleCall, args: unknown): readonly Issue[] => parse(call, args).error?.issues ?? [];

/**
 * A rule about several parameters ("one of src and content") holds or not whatever the templates give, if it fails with
 * different texts in their place.
 */
const failsAnyway = (issue: Issue, call: ModuleCall, args: Mapping): boolean =>
  !containsTemplate(args) ||
  ['/a', 'b'].every((text) =>
    issuesOf(call, replaceTemplates(args, text)).some(
      ({ code, message }) => code === issue.code && message === issue.message,
    ),
  );

/**
 * A schema of alternatives keeps its own words for values that fit none; where one fits by its type, zod says what is
 * wrong with that one ("must match pattern"). The words come out for a value of no type at all.
 */
const inWords = (issue: Issue, call: ModuleCall, args: Mapping): Issue => {
  const [name] = issue.path;
  if (issue.code !== 'invalid_format' || !isZodsWording(issue) || name === undefined) return issue;
  const strange = issuesOf(call, { ...args, [name]: Symbol('of no type') });
  const own = strange.find(({ path }) => path.length === 1 && path[0] === name);
  return own === undefined || isZodsWording(own) || issue.path.length > 1
    ? issue
    : { ...issue, message: own.message };
};

/** Mistakes that a task fails with when its turn comes, as by Ansible; of names that nobody knows none is. */
const mayWait = new Set(['bad-parameter', 'missing-parameter']);

interface Report {
  /** A parameter that was misspelled is not missing as well. */
  readonly missing: boolean;
}

const reportIssues = (
  call: ModuleCall,
  args: Located<Mapping>,
  problems: Problems,
  report: Report,
): boolean => {
  const issues = issuesOf(call, args.value);
  for (const issue of issues) {
    if (isOpen(issue, args.value)) continue;
    if (issue.code === 'custom' && !failsAnyway(issue, call, args.value)) continue;
    const { code, message, path, hint } = describeIssue(
      inWords(issue, call, args.value),
      args.value,
      call.name,
    );
    if (code === 'missing-parameter' && !report.missing) continue;
    const isMode = call.module.modes?.includes(String(path[0])) === true && code === 'bad-parameter';
    const part = code === 'unknown-parameter' ? 'key' : 'value';
    const severity = call.mayFail === true && mayWait.has(code) ? 'warning' : 'error';
    problems[severity](isMode ? 'bad-mode' : code, message, args.at(path, part), { hint });
  }
  return issues.length === 0;
};

/** Templates may give any text, so that only warnings about which parameters are given are kept beside them. */
const lint = (call: ModuleCall, args: Located<Mapping>, problems: Problems): void => {
  if (call.module.lint === undefined) return;
  const open = containsTemplate(args.value);
  const parsed = parse(call, args.value);
  if (!parsed.success) return;
  for (const { param, code, message } of call.module.lint(parsed.data, {
    readOnly: call.readOnly,
    truthy: call.truthy,
  }))
    if (!open || param === undefined)
      problems.warning(code, message, param === undefined ? args.span : args.at([param]));
};

/** After these something that was meant to be given is missing too, and has been spoken of. */
const notTaken = new Set(['unknown-parameter', 'bad-free-form', 'bad-value', 'not-supported-yet']);

/**
 * Reads and checks the parameters of a task as far as they are known without a host: names always, values where they
 * are no templates.
 *
 * @returns with unknown parameters left out, values not rendered
 */
export const readModuleArgs = (call: ModuleCall, problems: Problems): Located<Mapping> => {
  const before = problems.all.length;
  const params = knownParams(readParams(call, problems), call, problems);
  const args = argsOf(params, call.key);
  const misspelled = problems.all.slice(before).some(({ code }) => notTaken.has(code));
  if (reportIssues(call, args, problems, { missing: !misspelled })) lint(call, args, problems);
  return args;
};
