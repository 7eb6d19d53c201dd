import type { Variables } from '../model/located.ts';
import type { Condition, Entry, Handler, Inherited, Loop, Play, Source, Task } from '../model/play.ts';
import type { Span } from '../model/span.ts';
import { compileExpression, compileTemplate, isTemplate, valueOptions } from '../template/compiled.ts';
import { placeInScalar } from '../template/place.ts';
import { SyntaxProblem } from '../template/syntax.ts';
import type { Problems } from './problems.ts';

const attempt = (compile: () => unknown, text: string, span: Span | undefined, problems: Problems): void => {
  try {
    compile();
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    problems.error(error.code, error.message, placeInScalar(text, span)(error.at), { hint: error.hint });
  }
};

type SpanAt = (path: readonly PropertyKey[]) => Span | undefined;

/** Reads every template of the tasks and variables, so that a wrong one is known before a host is contacted. */
class TemplateCheck {
  readonly #problems: Problems;
  readonly #seen = new Set<object>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  variables(variables: Variables): void {
    if (this.#seen.has(variables)) return;
    this.#seen.add(variables);
    for (const [name, value] of Object.entries(variables.values))
      this.#value(value, (path) => variables.at?.([name, ...path]) ?? variables.place(name));
  }

  task(task: Task | Handler): void {
    this.inherited(task);
    const { args, module } = task;
    if (module.templatedNames === true)
      for (const name of Object.keys(args.value)) this.#text(name, args.at([name], 'key'));
    for (const [name, value] of Object.entries(args.value))
      if (module.raw?.includes(name) !== true) this.#value(value, (path) => args.at([name, ...path]));
    this.#sources([task.name, ...task.notify]);
    this.loop(task.loop);
    for (const list of [task.changedWhen, task.failedWhen, task.until]) this.#conditions(list);
  }

  inherited(entry: Inherited): void {
    this.#conditions(entry.when);
    this.#sources([
      entry.become,
      entry.becomeUser,
      entry.ignoreErrors,
      entry.noLog,
      entry.checkMode,
      entry.delegateTo,
    ]);
    for (const part of entry.environment) this.#value(part.value, (path) => part.at(path));
    for (const layer of [...entry.vars, ...entry.includeVars]) this.variables(layer);
  }

  loop(loop: Loop | undefined): void {
    if (loop === undefined) return;
    this.#value(loop.items.value, (path) => loop.items.at(path));
    this.#sources([loop.control.label, loop.control.loopVar]);
    this.#conditions(loop.control.breakWhen);
  }

  source(source: Source): void {
    this.#text(source.text, source.span);
  }

  #sources(sources: readonly (Source | string | boolean | undefined)[]): void {
    for (const source of sources) if (typeof source === 'object') this.source(source);
  }

  #conditions(conditions: readonly Condition[] | undefined): void {
    for (const condition of conditions ?? []) {
      if (typeof condition === 'boolean') continue;
      attempt(() => compileExpression(condition.text), condition.text, condition.span, this.#problems);
    }
  }

  #value(value: unknown, spanAt: SpanAt, path: readonly PropertyKey[] = []): void {
    if (typeof value === 'string') this.#text(value, spanAt(path));
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) this.#value(part, spanAt, [...path, key]);
  }

  #text(text: string, span: Span | undefined): void {
    if (isTemplate(text)) attempt(() => compileTemplate(text, valueOptions), text, span, this.#problems);
  }
}

const checkEntry = (entry: Entry, check: TemplateCheck): void => {
  if (entry.type === 'task') {
    check.task(entry);
    return;
  }
  check.inherited(entry);
  if (entry.type === 'meta') return;
  check.source(entry.file);
  check.loop(entry.loop);
};

/** Reports templates and expressions of tasks that are no Jinja2: syntax, filters and tests that nobody knows. */
export const checkEntryTemplates = (entries: readonly Entry[], problems: Problems): void => {
  const check = new TemplateCheck(problems);
  for (const entry of entries) checkEntry(entry, check);
};

/** The same for a whole play, with its variables and those of its roles. */
export const checkPlayTemplates = (play: Play, problems: Problems): void => {
  const check = new TemplateCheck(problems);
  check.source(play.hosts);
  for (const layer of [play.vars, ...play.varsFiles]) check.variables(layer);
  for (const role of play.roles)
    for (const layer of [role.defaults, role.vars, role.params]) check.variables(layer);
  for (const entry of [...play.entries, ...play.handlers]) checkEntry(entry, check);
};
