import { dirname, join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ProjectFiles } from '../model/project.ts';
import { nearestName } from '../util/nearest-name.ts';

/** A limit without files in it. */
export interface Limit {
  readonly pattern: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const missing = (path: string, files: ProjectFiles): Diagnostic => {
  const near = nearestName(path.slice(path.lastIndexOf('/') + 1), files.list(dirname(path)));
  return {
    severity: 'error',
    code: 'missing-file',
    message: `there is no file ${path} for the limit`,
    hint: near === undefined ? undefined : `did you mean "@${join(dirname(path), near)}"?`,
  };
};

const empty = (path: string): Diagnostic => ({
  severity: 'error',
  code: 'bad-host-pattern',
  message: `${path} has no host in it, and would not limit anything`,
});

/** `--limit`, with the lines of files in the place of `@file`. Without a pattern where none was given. */
export const readLimit = (limit: string | undefined, files: ProjectFiles): Limit => {
  const diagnostics: Diagnostic[] = [];
  const read = (part: string): readonly string[] => {
    if (!part.startsWith('@')) return [part];
    const path = part.slice(1);
    const text = files.kind(path) === 'file' ? files.text(path) : undefined;
    const lines = (text ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (text === undefined) diagnostics.push(missing(path, files));
    else if (lines.length === 0) diagnostics.push(empty(path));
    return lines;
  };
  const parts = limit?.split(',').flatMap((part) => read(part.trim()));
  // What is wrong is told once: no pattern is better than an empty one.
  return { pattern: diagnostics.length > 0 ? undefined : parts?.join(','), diagnostics };
};
