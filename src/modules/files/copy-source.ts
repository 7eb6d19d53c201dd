import { posix } from 'node:path';
import type { ControllerFile, TaskContext } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import type { CopyTask } from '../copy.ts';
import { pythonJson } from './python-json.ts';

/** What is copied: by path relative to where it goes; a single file under the path ''. */
export interface LocalSource {
  readonly kind: 'text' | 'file' | 'folder';
  /** Own name of the file or folder. */
  readonly name: string;
  /** A folder with a trailing slash: what is in it goes to dest, not the folder itself. */
  readonly isContents: boolean;
  readonly files: ReadonlyMap<string, Pick<ControllerFile, 'bytes' | 'mode'>>;
  /** Of a folder: those in it, each behind the one that it is in. */
  readonly folders: readonly string[];
  /** Links that are copied as links, and what they hold. */
  readonly links: ReadonlyMap<string, string>;
}

/** A single file, or a text. */
const single = (file: Pick<ControllerFile, 'bytes' | 'mode'>) => ({
  isContents: false,
  files: new Map([['', file]]),
  folders: [],
  links: new Map<string, string>(),
});

/** As Ansible writes `content`: structures as JSON, booleans as Python's words. */
const contentText = (content: NonNullable<CopyTask['content']>): string => {
  if (typeof content === 'object') return pythonJson(content);
  if (typeof content === 'boolean') return content ? 'True' : 'False';
  return String(content);
};

const folder = (
  src: string,
  { decrypt, local_follow: follow }: CopyTask,
  context: TaskContext,
): LocalSource => ({
  kind: 'folder',
  name: posix.basename(src),
  isContents: src.endsWith('/'),
  ...context.readTree(src, 'files', { decrypt, follow }),
});

const fileOrFolder = (task: CopyTask, context: TaskContext): LocalSource => {
  const { src = '', decrypt } = task;
  if (src.endsWith('/')) return folder(src, task, context);
  try {
    const found = context.readFile(src, 'files', decrypt);
    return { kind: 'file', name: posix.basename(src), ...single(found) };
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    // It may be a folder; where it is neither, that is said in the same words.
    return folder(src, task, context);
  }
};

/** What a task copies from the project. @throws TaskFailure where it is not found */
export const copySource = (task: CopyTask, context: TaskContext): LocalSource => {
  const { content } = task;
  if (content === undefined) return fileOrFolder(task, context);
  const bytes = new TextEncoder().encode(contentText(content));
  return { kind: 'text', name: '', ...single({ bytes, mode: '0644' }) };
};
