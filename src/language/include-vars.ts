import { posix } from 'node:path';
import { z } from 'zod';
import type { Located, Variables } from '../model/located.ts';
import { type AnyModule, defineModule, type TaskContext } from '../model/module.ts';
import { renderPlace } from '../model/span.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { OperationProblem } from '../template/operation-problem.ts';
import { pythonRegex } from '../template/python-regex.ts';
import { isMapping } from './fields.ts';
import { candidates } from './find-file.ts';
import { locatedAs } from './module-call.ts';
import { Problems } from './problems.ts';
import { readYaml, type Scope } from './scope.ts';
import { mergeVariables, readVariables, variablesOf } from './variables.ts';

const nameOrList = z.union([z.string(), z.array(z.string())]);

/** A number may come as text from a template. */
const whole = z.union([z.int().min(0), z.string().regex(/^\d+$/).transform(Number)]);

const params = z.strictObject({
  file: z
    .string()
    // A text of several lines ends with a line break, a path does not.
    .transform((name) => name.trim())
    .optional()
    .describe('File of variables.'),
  dir: z
    .string()
    .optional()
    .describe('Folder whose files of variables are read, in the order of their names.'),
  name: z.string().optional().describe('Variable that holds them all, as a mapping.'),
  depth: whole.optional().describe('How deep below `dir` to look; 0: all.'),
  files_matching: z
    .string()
    .optional()
    .describe('Regular expression that names of files in `dir` have to match.'),
  ignore_files: nameOrList.optional().describe('Regular expressions of names in `dir` that are left out.'),
  extensions: nameOrList.optional().describe('Endings of files in `dir`; yaml, yml, json.'),
  ignore_unknown_extensions: z.boolean().optional().describe('Leave out files with other endings.'),
  hash_behaviour: z
    .enum(['replace', 'merge'], { error: 'expected replace or merge' })
    .optional()
    .describe('What becomes of variables that are there already; `merge`: mappings are joined, deep.'),
});

type Params = z.infer<typeof params>;

/** The role, the folder of the tasks file, the playbook; in each `vars/`, then itself. */
const placesOf = (name: string, scope: Scope): readonly string[] => {
  const roles = scope.role === undefined ? [] : [scope.role.folder];
  const homes = [...roles, scope.folder, scope.project.folder];
  return candidates(
    name,
    homes.flatMap((home) => [posix.join(home, 'vars'), home]),
  );
};

const find = (name: string, kind: 'file' | 'directory', scope: Scope): string => {
  const { files } = scope.project;
  const places = placesOf(name, scope);
  // What `first_found` found is a path from where the command was started.
  const found = [...places, name].find((path) => files.kind(path) === kind);
  if (found !== undefined) return found;
  const what = kind === 'file' ? 'file' : 'folder';
  const message = `no ${what} "${name}"; looked for ${places.join(', ')}`;
  throw new TaskFailure(message, { message: `Could not find ${what}: ${message}` });
};

const listOf = (
  value: string | readonly string[] | undefined,
  usual: readonly string[],
): readonly string[] =>
  value === undefined ? usual : typeof value === 'string' ? value.split(/\s*,\s*/) : value;

const endingOf = (path: string): string => posix.extname(path).slice(1);

const filesBelow = (folder: string, depth: number, scope: Scope): readonly string[] => {
  const { files } = scope.project;
  const paths = files.list(folder).map((name) => posix.join(folder, name));
  const deeper = depth === 1 ? [] : paths.filter((path) => files.kind(path) === 'directory');
  return [
    ...paths.filter((path) => files.kind(path) === 'file'),
    ...deeper.flatMap((path) => filesBelow(path, depth - 1, scope)),
  ];
};

const patternOf = (text: string): RegExp => {
  try {
    return pythonRegex(text);
  } catch (error) {
    if (!(error instanceof OperationProblem)) throw error;
    throw new TaskFailure(`include_vars: ${error.message}`, {}, { cause: error });
  }
};

const filesOf = (dir: string, given: Params, scope: Scope): readonly string[] => {
  const endings = listOf(given.extensions, ['yaml', 'yml', 'json']);
  const ignored = listOf(given.ignore_files, []).map(patternOf);
  const wanted = patternOf(given.files_matching ?? '');
  const all = filesBelow(find(dir, 'directory', scope), given.depth ?? 0, scope).filter((path) => {
    const name = posix.basename(path);
    return name.search(wanted) >= 0 && !ignored.some((pattern) => name.search(pattern) >= 0);
  });
  const strange = all.find((path) => !endings.includes(endingOf(path)));
  if (strange !== undefined && given.ignore_unknown_extensions !== true) {
    const message = `${strange} does not have a valid extension: ${endings.join(', ')}; ignore_unknown_extensions leaves it out`;
    throw new TaskFailure(message, { message });
  }
  return all.filter((path) => endings.includes(endingOf(path)));
};

const throwFirst = (problems: Problems): void => {
  const wrong = problems.all.find(({ severity }) => severity === 'error');
  if (wrong === undefined) return;
  const place = wrong.span === undefined ? '' : `${renderPlace(wrong.span)}: `;
  throw new TaskFailure(`${place}${wrong.message}`);
};

/** The same object for the same file, so that what is rendered from it is kept. */
const readFile = (path: string, scope: Scope): Variables => {
  const { included } = scope.project;
  const known = included.get(path);
  if (known !== undefined) return known;
  const problems = new Problems();
  const root =
    readYaml(scope.project, problems, path) ??
    locatedAs(null, { file: path, offset: 0, length: 0, line: 1, column: 1 });
  const found = readVariables(root, path, problems);
  throwFirst(problems);
  included.set(path, found);
  return found;
};

/** All of them as one variable. */
const underName = (name: string, found: Variables): Variables => {
  const place = { file: found.origin, offset: 0, length: 0, line: 1, column: 1 };
  const inner: Located<Readonly<Record<string, unknown>>> = {
    value: { [name]: found.values },
    span: place,
    at: ([, ...rest]) =>
      found.at?.(rest) ?? (rest[0] === undefined ? undefined : found.place(String(rest[0]))) ?? place,
    sourceAt: () => undefined,
  };
  return variablesOf(inner, found.origin);
};

const include = (given: Params, scope: Scope): { paths: readonly string[]; found: Variables } => {
  if ((given.file === undefined) === (given.dir === undefined))
    throw new TaskFailure('include_vars takes a file or "dir"');
  const paths =
    given.dir === undefined ? [find(given.file ?? '', 'file', scope)] : filesOf(given.dir, given, scope);
  const layers = paths.map((path) => readFile(path, scope));
  const [only] = layers;
  const all = layers.length === 1 && only !== undefined ? only : mergeVariables(layers, given.dir ?? '');
  return { paths, found: given.name === undefined ? all : underName(given.name, all) };
};

type Mapping = Readonly<Record<string, unknown>>;

const joined = (before: unknown, after: unknown): unknown => {
  if (!isMapping(before) || !isMapping(after)) return after;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    keys.map((key) => [key, Object.hasOwn(after, key) ? joined(before[key], after[key]) : before[key]]),
  );
};

/** The variables with what the host has by those names already joined in. */
const mergedInto = ({ evaluate }: TaskContext, found: Variables): Variables => {
  const current = (name: string): unknown =>
    evaluate(`${name} is defined`) === true ? evaluate(name) : undefined;
  const merged = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    isMapping(value) ? joined(current(name), value) : value,
  ];
  return {
    ...found,
    values: Object.fromEntries(Object.entries<unknown>(found.values as Mapping).map(merged)),
  };
};

const text = {
  name: 'include_vars',
  summary: 'Variables from files of the project.',
  examples: `- name: Variables of this release
  include_vars: "{{ ansible_distribution_release }}.yml"

- name: All of a folder, as one mapping
  include_vars:
    dir: more
    name: more
`,
  params,
  aliases: { _raw_params: 'file', raw_params: 'file' },
  freeForm: 'file',
  facts: () => [],
} as const;

/** What references say of it: each task's own is made as its file is read. */
export const describedIncludeVars: AnyModule = defineModule({
  ...text,
  plan: () => {
    throw new TaskFailure('include_vars belongs to a task of a file');
  },
});

/**
 * `include_vars`: variables of files, which the host has from there on. Read here, since it is this room that reads files of
 * variables.
 *
 * @param scope  of the task, for where files are looked for
 */
export const createIncludeVars = (scope: Scope): AnyModule => {
  const made = new Map<string, ReturnType<typeof include>>();
  const once = (given: Params): ReturnType<typeof include> => {
    const key = JSON.stringify(given);
    const known = made.get(key) ?? include(given, scope);
    made.set(key, known);
    return known;
  };
  return defineModule({
    ...text,
    plan: (given: Params, _facts, context) => {
      const { paths, found: read } = once(given);
      const found = given.hash_behaviour === 'merge' ? mergedInto(context, read) : read;
      const result = { ansible_included_var_files: paths, ansible_facts: found.values };
      return { actions: [], result, includedVars: found };
    },
  });
};
