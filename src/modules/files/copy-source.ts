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
}

/** As Ansible writes `content`: structures as JSON, booleans as Python's words. */
const contentText = (content: NonNullable<CopyTask['content']>): string => {
  if (typeof content === 'object') return pythonJson(content);
  if (typeof content === 'boolean') return content ? 'True' : 'False';
  return String(content);
};

const folder = (src: string, decrypt: boolean, context: TaskContext): LocalSource => ({
  kind: 'folder',
  name: posix.basename(src),
  isContents: src.endsWith('/'),
  files: context.readTree(src, 'files', decrypt),
});

const fileOrFolder = (src: string, decrypt: boolean, context: TaskContext): LocalSource => {
  if (src.endsWith('/')) return folder(src, decrypt, context);
  try {
    const found = context.readFile(src, 'files', decrypt);
    return { kind: 'file', name: posix.basename(src), isContents: false, files: new Map([['', found]]) };
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    // It may be a folder; where it is neither, what readFile said names the places that were searched.
    try {
      return folder(src, decrypt, context);
    } catch {
      throw error;
    }
  }
};

/** What a task copies from the project. @throws TaskFailure where it is not found */
export const copySource = ({ src, content, decrypt }: CopyTask, context: TaskContext): LocalSource => {
  if (content === undefined) return fileOrFolder(src ?? '', decrypt, context);
  const bytes = new TextEncoder().encode(contentText(content));
  return { kind: 'text', name: '', isContents: false, files: new Map([['', { bytes, mode: '0644' }]]) };
};
