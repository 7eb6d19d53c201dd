import { Environment } from 'minijinja-js';
import type { ControllerFile, RenderOptions, TaskContext } from '../../../src/model/module.ts';
import { TaskFailure } from '../../../src/model/task-failure.ts';
import type { CaseContext } from './case-file.ts';

const controllerFile = (path: string, given: unknown): ControllerFile => {
  const {
    text,
    base64,
    mode = '0644',
  } = typeof given === 'object' && given !== null
    ? (given as Record<string, string>)
    : { text: String(given) };
  const bytes = base64 === undefined ? new TextEncoder().encode(text ?? '') : Buffer.from(base64, 'base64');
  return { path, bytes: new Uint8Array(bytes), mode };
};

const environment = (options: RenderOptions): Environment => {
  const jinja = new Environment();
  jinja.undefinedBehavior = 'strict';
  jinja.keepTrailingNewline = true;
  jinja.trimBlocks = options.trimBlocks ?? true;
  jinja.lstripBlocks = options.lstripBlocks ?? false;
  return jinja;
};

const failing = <T>(evaluate: () => T): T => {
  try {
    return evaluate();
  } catch (error) {
    throw new TaskFailure(String(error), {}, { cause: error });
  }
};

/** A context out of a case: Jinja without the project's own filters, files by name. */
export const fakeContext = (given: CaseContext = {}): TaskContext => {
  const files = given.files ?? {};
  const variables = given.variables ?? {};
  return {
    identity: given.identity ?? {},
    readOnly: given.readOnly ?? false,
    checkMode: given.checkMode ?? false,
    secret: given.secret ?? false,
    evaluate: (expression) => failing(() => environment({}).evalExpr(expression, variables)),
    render: (text, options = {}) =>
      failing(() => environment(options).renderStr(text, { ...variables, ...options.variables })),
    readFile(name) {
      if (!Object.hasOwn(files, name)) throw new TaskFailure(`${name} was not found`);
      return controllerFile(name, files[name]);
    },
    readTree(name) {
      const folder = `${name.replace(/\/$/, '')}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(folder));
      if (below.length === 0) throw new TaskFailure(`${name} was not found`);
      return new Map(
        below.sort().map((path) => [path.slice(folder.length), controllerFile(path, files[path])]),
      );
    },
  };
};
