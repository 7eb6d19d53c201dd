import type { ControllerFile, TaskContext } from '../../../src/model/module.ts';
import { TaskFailure } from '../../../src/model/task-failure.ts';
import { foldersAbove } from '../../../src/modules/files/plan-directory.ts';
import { createScope, variables } from '../../../src/template/scope.ts';
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

/** A context out of a case: variables and files by name. */
export const fakeContext = (given: CaseContext = {}): TaskContext => {
  const files = given.files ?? {};
  const scope = createScope([variables('case', given.variables ?? {})]);
  return {
    identity: given.identity ?? {},
    readOnly: given.readOnly ?? false,
    checkMode: given.checkMode ?? false,
    diff: given.diff ?? false,
    secret: given.secret ?? false,
    evaluate: (expression) => scope.evaluate(expression),
    render: (text, options) => scope.renderText(text, options),
    readFile(name) {
      if (!Object.hasOwn(files, name)) throw new TaskFailure(`${name} was not found`);
      return controllerFile(name, files[name]);
    },
    localFile(path) {
      const isThere = Object.hasOwn(files, path);
      const bytes = isThere ? controllerFile(path, files[path]).bytes : undefined;
      return { path, kind: isThere ? 'file' : undefined, bytes };
    },
    readTree(name) {
      const folder = `${name.replace(/\/$/, '')}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(folder));
      if (below.length === 0) throw new TaskFailure(`${name} was not found`);
      const paths = below.sort().map((path) => path.slice(folder.length));
      const folders = new Set(paths.flatMap((path) => foldersAbove(`/${path}`).map((one) => one.slice(1))));
      return {
        files: new Map(paths.map((path) => [path, controllerFile(path, files[`${folder}${path}`])])),
        folders: [...folders],
        links: new Map(
          Object.entries(given.links ?? {})
            .filter(([path]) => path.startsWith(folder))
            .map(([path, target]) => [path.slice(folder.length), target]),
        ),
      };
    },
  };
};
