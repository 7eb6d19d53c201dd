import { posix } from 'node:path';
import type { Task } from '../model/play.ts';
import { compileTemplate, valueOptions } from '../template/compiled.ts';
import { placeInFile } from '../template/place.ts';
import { SyntaxProblem } from '../template/syntax.ts';
import { candidates, missingHint } from './find-file.ts';
import { guarded, type Scope } from './scope.ts';
import { hasTemplate } from './source.ts';

type Folder = 'files' | 'templates';

/** As `TaskContext.readFile` looks: the role, the folder of the tasks file, the playbook; in each `files/`, then itself. */
const foldersOf = (task: Task, folder: Folder, scope: Scope): readonly string[] => {
  const homes = [...(task.role === undefined ? [] : [task.role.folder]), task.folder, scope.project.folder];
  return homes.flatMap((home) => [posix.join(home, folder), home]);
};

/** Template files are read as Jinja now; those with other braces, by the task or by their own first line, only when they are rendered. */
const checkTemplateFile = (path: string, task: Task, scope: Scope): void => {
  if (Object.keys(task.args.value).some((name) => /_(?:start|end)_string$/.test(name))) return;
  const text = guarded(scope.problems, () => scope.project.files.text(path));
  if (text === undefined || /^#jinja2:.*_(?:start|end)_string/.test(text)) return;
  try {
    compileTemplate(text, valueOptions);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    scope.problems.error(error.code, error.message, placeInFile(text, path)(error.at), { hint: error.hint });
  }
};

const checkFile = (
  param: string,
  folder: Folder,
  task: Task,
  { scope, mayFail }: { readonly scope: Scope; readonly mayFail: boolean },
): void => {
  const name = task.args.value[param];
  if (typeof name !== 'string' || name === '' || hasTemplate(name)) return;
  const { files } = scope.project;
  const folders = foldersOf(task, folder, scope);
  const found = candidates(name, folders).find((path) => files.kind(path) !== undefined);
  if (found === undefined) {
    const hint = missingHint(files, name, folders);
    scope.problems[mayFail ? 'warning' : 'error'](
      'missing-file',
      `no file "${name}"`,
      task.args.at([param]),
      { hint },
    );
    return;
  }
  if (folder === 'templates' && files.kind(found) === 'file') checkTemplateFile(found, task, scope);
};

/**
 * Reports files of the project that a task names and that are not there, and templates that are no Jinja2. A task that may fail
 * does so when its turn comes, and is warned of.
 *
 * Left for the run: names that are templates, and `remote_src`, which makes them files of the host.
 */
export const checkProjectFiles = (task: Task, scope: Scope, mayFail = false): void => {
  const remote = task.args.value['remote_src'];
  if (remote !== undefined && remote !== false) return;
  for (const [param, folder] of Object.entries(task.module.projectFiles ?? {}))
    checkFile(param, folder, task, { scope, mayFail });
};
