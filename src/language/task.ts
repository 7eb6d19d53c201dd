import type { Diagnostic } from '../model/diagnostic.ts';
import { type Handler, type Inherited, isDoneHere, type Source, type Task } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { readBackground } from './background.ts';
import { checkProjectFiles } from './check-project-files.ts';
import type { Fields } from './fields.ts';
import { foldInherited } from './inherited.ts';
import { readLoop } from './loop.ts';
import { readModuleArgs } from './module-args.ts';
import { locatedAs } from './module-call.ts';
import { moduleFor } from './own-modules.ts';
import { idAt, type Scope } from './scope.ts';
import { hasTemplate } from './source.ts';
import { createStandIn, isStandIn } from './stand-in.ts';
import type { TaskAction } from './task-action.ts';
import { isVariableName } from './variables.ts';

/** A `name:` with nothing behind it is none. */
const readName = (fields: Fields): Source | undefined =>
  fields.has('name') && fields.at('name').value === null ? undefined : fields.source('name');

const readRegister = (fields: Fields): string | undefined => {
  const name = fields.text('register');
  if (name === undefined || isVariableName(name)) return name;
  fields.problems.error(
    'bad-variable-name',
    `"${name}" cannot be the name of a variable`,
    fields.at('register').span,
    {
      hint: 'letters, digits and "_", not starting with a digit',
    },
  );
  return undefined;
};

const readNotify = (fields: Fields, scope: Scope): readonly Source[] => {
  const names = [...(scope.inherited.notifyAlso ?? []), ...fields.sources('notify')];
  scope.play.notifications.push(
    ...names.filter(({ text }) => !hasTemplate(text)).map((source) => ({ source })),
  );
  return names;
};

const optionalConditions = (fields: Fields, key: string): ReturnType<Fields['conditions']> | undefined =>
  fields.has(key) ? fields.conditions(key) : undefined;

/** Ansible's defaults: three more tries five seconds apart, where there is something to wait for. */
const usualRetries = 3;
const usualDelayMs = 5000;

const readRepetition = (fields: Fields): Pick<Task, 'until' | 'retries' | 'delayMs'> => {
  const retries = fields.number('retries');
  // Tries alone go on until the task does not fail.
  const until = optionalConditions(fields, 'until') ?? (retries === undefined ? undefined : []);
  const delay = fields.number('delay');
  return {
    until,
    retries: retries ?? (until === undefined ? 0 : usualRetries),
    delayMs: delay === undefined ? usualDelayMs : delay * 1000,
  };
};

/** What a stand-in is not given is not looked at. */
const withoutParams = (action: TaskAction): TaskAction => ({
  ...action,
  value: locatedAs(null, action.value.span),
  args: undefined,
});

/** Something is there for the case that the task fails. */
const isRescued = ({ within = [] }: Inherited): boolean =>
  within.some(({ block, part }) => part === 'block' && block.hasRescue);

/** Reads a task whose action is a module. */
export const readTask = (fields: Fields, action: TaskAction, scope: Scope): Task => {
  const { span } = fields.mapping;
  const inherited = foldInherited(scope.inherited, fields, 'task');
  const module = moduleFor(action.name, action.key, { ...scope, inherited });
  const changedWhen = optionalConditions(fields, 'changed_when');
  const readOnly = inherited.checkMode === false || changedWhen?.includes(false) === true;
  const given = isStandIn(module) ? withoutParams(action) : action;
  const defaults = isStandIn(module) ? undefined : inherited.moduleDefaults?.get(action.name);
  const mayFail = inherited.ignoreErrors === true || isRescued(inherited);
  const truthy = scope.role?.truthy ?? scope.play.truthy;
  const args = readModuleArgs({ module, ...given, readOnly, defaults, mayFail, truthy }, scope.problems);
  const task: Task = {
    type: 'task',
    id: idAt(span, scope),
    name: readName(fields),
    moduleName: action.name,
    module,
    args,
    ...inherited,
    // As by Ansible: the first host adds it, for all.
    ...(module.name === 'add_host' ? { runOnce: true } : {}),
    ...(action.isLocal === true ? { delegateTo: { text: 'localhost', span: action.key } } : {}),
    loop: readLoop(fields, mayFail),
    register: readRegister(fields),
    changedWhen,
    failedWhen: optionalConditions(fields, 'failed_when'),
    ...readRepetition(fields),
    background: readBackground(fields, module),
    notify: readNotify(fields, scope),
    prune: fields.boolean('prune'),
    role: scope.role,
    folder: scope.folder,
    span,
  };
  checkProjectFiles(task, scope, mayFail || scope.play.here.mayMakeFiles);
  if (isDoneHere(task)) scope.play.here.mayMakeFiles = true;
  return task;
};

/** A task that fails with what is wrong about it, if its turn comes. */
export const readStandIn = (fields: Fields, wrong: Diagnostic, scope: Scope): Task => {
  const { span } = fields.mapping;
  const place = renderPlace(wrong.span ?? span);
  const module = createStandIn('task', `${place}: ${wrong.message}`);
  return {
    type: 'task',
    id: idAt(span, scope),
    name: readName(fields),
    moduleName: 'task',
    module,
    args: locatedAs({}, span),
    ...foldInherited(scope.inherited, fields, 'task'),
    retries: 0,
    delayMs: 0,
    notify: [],
    role: scope.role,
    folder: scope.folder,
    span,
  };
};

/** `role : name`, the long form of a handler's name that Ansible takes in `notify`. */
const longName = (task: Task): readonly string[] =>
  task.role === undefined || task.name === undefined ? [] : [`${task.role.name} : ${task.name.text}`];

/** Makes the task a handler: one with a name or a topic, or nobody could notify it. */
export const asHandler = (task: Task, fields: Fields, scope: Scope): Handler => {
  const listen = fields.sources('listen').map(({ text }) => text);
  const topics = scope.topics ?? [];
  if (task.name === undefined && listen.length === 0 && topics.length === 0)
    scope.problems.error('nameless-handler', 'a handler without a name is never notified', task.span, {
      hint: 'give it "name", or "listen"',
    });
  return { ...task, listen: [...listen, ...longName(task), ...topics] };
};
