import type { z } from 'zod';
import type { TaskRef } from '../model/event.ts';
import type { Identity } from '../model/fact.ts';
import { parseWithRelativePaths } from '../model/home-path.ts';
import type { Variables } from '../model/located.ts';
import type { TaskContext } from '../model/module.ts';
import type { Handler, Play, Task } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { isTemplate } from '../template/compiled.ts';
import type { Scope } from '../template/scope.ts';
import { isOmitted, variables } from '../template/scope.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { itemsOf, itemVariables, loopVarOf } from './loop-items.ts';
import { modeOfNumber } from './mode-of-number.ts';
import { placeOf } from './place-of.ts';
import { createProjectSearch, localFile } from './project-search.ts';

/** A task with its item, on one host: what is planned, counted and reported. */
export interface Instance {
  /** What the loop brings over the task's own variables. */
  readonly own?: Variables | undefined;
  readonly ref: TaskRef;
  readonly play: Play;
  readonly task: Task | Handler;
  readonly scope: Scope;
  /** The loop's item as `item` holds it; undefined without a loop. */
  readonly item: unknown;
  /** The name that it goes by. */
  readonly loopVar?: string | undefined;
}

/** The command of such a task only looks: it runs whenever we look, in check mode too. */
export const isReadOnly = (task: Task): boolean =>
  task.background === undefined &&
  (task.checkMode === false || (task.changedWhen?.length === 1 && task.changedWhen[0] === false));

const renderName = (task: Task, scope: Scope): string => {
  if (task.name === undefined) return task.moduleName;
  try {
    return String(scope.render(task.name.text));
  } catch (error) {
    if (error instanceof Blocked || error instanceof TemplateError) return task.name.text;
    throw error;
  }
};

const labelOf = (item: unknown): string => {
  if (typeof item !== 'object' || item === null) return String(item);
  const { name, path, key } = item as Record<string, unknown>;
  const telling = [name, path, key].find((part) => typeof part === 'string');
  return typeof telling === 'string' ? telling : JSON.stringify(item);
};

const refOf = (task: Task, scope: Scope, id: string, item: string | null, handler: boolean): TaskRef => ({
  id,
  name: renderName(task, scope),
  module: task.moduleName,
  item,
  source: placeOf(task.span),
  handler,
});

/**
 * One instance without a loop, else one an item.
 *
 * @throws Blocked when the items cannot be known yet; TemplateError, TaskFailure when they are wrong
 */
export const expandTask = (
  play: Play,
  task: Task | Handler,
  scope: Scope,
  isHandler: boolean,
): readonly Instance[] => {
  const { loop } = task;
  if (loop === undefined) {
    return [{ ref: refOf(task, scope, task.id, null, isHandler), play, task, scope, item: undefined }];
  }
  const { label } = loop.control;
  const items = itemsOf(loop, scope);
  const loopVar = loopVarOf(loop, scope);
  return items.map((item, index): Instance => {
    const own = variables('loop', itemVariables(loop, loopVar, items, index));
    const itemScope = scope.with([own]);
    const text = label === undefined ? labelOf(item) : String(itemScope.render(label.text));
    return {
      ref: refOf(task, itemScope, `${task.id} [${index}]`, text, isHandler),
      play,
      task,
      scope: itemScope,
      item,
      loopVar,
      own,
    };
  });
};

/** The instance with the variables that its task sees by now: what items before it have set. */
export const withScope = (instance: Instance, scope: Scope): Instance => ({
  ...instance,
  scope: instance.own === undefined ? scope : scope.with([instance.own]),
});

const describeIssue = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;

/** `default(omit)`: a parameter, or an entry of one, that comes out as `omit` was not given. */
const withoutOmitted = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => !isOmitted(value))
      .map(([key, value]) => [key, Array.isArray(value) ? value.filter((item) => !isOmitted(item)) : value]),
  );

/** A task's parameters: those to be rendered, and those that the module renders itself. */
interface Args {
  readonly templated: Readonly<Record<string, unknown>>;
  readonly raw: Readonly<Record<string, unknown>>;
}

const splitArgs = memoizeByObject((args: Task['args'], { module }: Task): Args => {
  const isRaw = (key: string): boolean => module.raw?.includes(key) === true;
  const entries = Object.entries(args.value);
  return {
    templated: Object.fromEntries(entries.filter(([key]) => !isRaw(key))),
    raw: Object.fromEntries(entries.filter(([key]) => isRaw(key))),
  };
});

/** A mode that came as a number out of a variable, as the module takes it. */
const withModes = (
  rendered: Readonly<Record<string, unknown>>,
  modes: readonly string[] = [],
): Record<string, unknown> => ({
  ...rendered,
  ...Object.fromEntries(
    modes.flatMap((name) => {
      const value = rendered[name];
      const mode = typeof value === 'number' ? modeOfNumber(value) : undefined;
      return mode === undefined ? [] : [[name, mode]];
    }),
  ),
});

/** What was rendered alike is parsed once: a scope gives the same object for it. */
const parseRendered = memoizeByObject(
  (rendered: Readonly<Record<string, unknown>>, task: Task, relativePaths: boolean): unknown => {
    const args = {
      ...withModes(withoutOmitted(rendered), task.module.modes),
      ...splitArgs(task.args, task).raw,
    };
    const { params } = task.module;
    const parsed = relativePaths ? parseWithRelativePaths(params, args) : params.safeParse(args);
    if (parsed.success) return parsed.data;
    const { issues } = parsed.error;
    const missing = issues.flatMap(({ code, path: [name, ...rest] }) =>
      code !== 'custom' && name !== undefined && rest.length === 0 && !Object.hasOwn(args, name)
        ? [String(name)]
        : [],
    );
    // Ansible's words, which tests of roles look for.
    if (missing.length > 0)
      throw new TaskFailure(
        task.module.whenMissing ?? `missing required arguments: ${missing.join(', ')}`,
        task.module.refusal,
      );
    const said = issues.map(describeIssue).join('; ');
    // A rule about all of them is a sentence by itself.
    const whole = issues.every(({ path }) => path.length === 0);
    throw new TaskFailure(whole ? said : `parameters of ${task.moduleName}: ${said}`, task.module.refusal);
  },
);

/** `compat: truthy` stands on the role or the play: what Ansible before 2.19 takes is taken. */
const isCompatible = ({ task, play }: Pick<Instance, 'task' | 'play'>): boolean =>
  task.role?.truthy ?? play.truthy;

/** Wanted only where a file is put in place: a command that checks it there. A run that changes nothing does without. */
const onlyToAct = 'validate';

const renderToLook = (templated: Args['templated'], { task, scope }: Instance): unknown => {
  try {
    return scope.render(templated, task.args);
  } catch (error) {
    if (!(error instanceof Blocked) || !(onlyToAct in templated)) throw error;
    const { [onlyToAct]: _, ...rest } = templated;
    return scope.render(rest, task.args);
  }
};

type Values = Readonly<Record<string, unknown>>;

/** With the templates among the names rendered as well; of names that come out alike the last counts. */
const withNames = (values: Values, { args }: Task, scope: Scope): Values =>
  Object.keys(values).some(isTemplate)
    ? Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          String(scope.render(name, { at: () => args.at([name], 'key') })),
          value,
        ]),
      )
    : values;

/**
 * Parameters of an instance, rendered and validated.
 *
 * @param onlyLooks  nothing will be done, so what is not known yet and wanted only for that is left out
 * @throws Blocked, TemplateError; TaskFailure when a rendered value is not what the module takes
 */
export const parseParams = (instance: Instance, onlyLooks = false): unknown => {
  const { task, scope } = instance;
  const { templated } = splitArgs(task.args, task);
  const rendered = (
    onlyLooks ? renderToLook(templated, instance) : scope.render(templated, task.args)
  ) as Values;
  return parseRendered(
    task.module.templatedNames === true ? withNames(rendered, task, scope) : rendered,
    task,
    isCompatible(instance),
  );
};

/** One of the parameters that are rendered. @throws Blocked, TemplateError */
export const renderParam = ({ task, scope }: Instance, name: string): unknown =>
  scope.render(splitArgs(task.args, task).templated[name], task.args);

/** Names of the parameters that are rendered, not by the module itself. */
export const templatedParams = ({ task }: Instance): readonly string[] =>
  Object.keys(splitArgs(task.args, task).templated);

/** Parameters of values that are rendered already. @throws TaskFailure */
export const parseValues = (instance: Instance, rendered: Readonly<Record<string, unknown>>): unknown =>
  parseRendered(rendered, instance.task, isCompatible(instance));

export interface ContextOptions {
  readonly identity: Identity;
  readonly checkMode: boolean;
  readonly secret: boolean;
  readonly files: ProjectFiles;
}

/** What the module of an instance may know besides its parameters. */
export const createTaskContext = (instance: Instance, options: ContextOptions): TaskContext => ({
  identity: options.identity,
  readOnly: isReadOnly(instance.task),
  checkMode: options.checkMode,
  diff: instance.task.diff === true,
  secret: options.secret,
  evaluate: (expression) => instance.scope.evaluate({ text: expression, span: instance.task.span }),
  holds: isCompatible(instance)
    ? (text) => instance.scope.test({ text, span: instance.task.span })
    : undefined,
  render: (text, renderOptions) => instance.scope.renderText(text, renderOptions),
  localFile: (path) => localFile(options.files, instance.play.playbook, path),
  ...createProjectSearch(instance.task, options.files, instance.play.playbook),
});
