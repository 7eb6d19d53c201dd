import { join } from 'node:path';
import type { ProjectFiles } from '../model/project.ts';

/** What is in a folder of the project, by path relative to it. */
export interface Walked {
  /** Where the files lie. */
  readonly files: ReadonlyMap<string, string>;
  /** Each of them behind the one that it is in. */
  readonly folders: readonly string[];
  /** Links that are not followed, and what they hold. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Walks a folder of the project, sorted, and as by Ansible the files in a folder before the folders in it: the first that cannot be
 * opened is the one that is told of.
 *
 * @param follow  As by Ansible a link stands for what it leads to, but for a link to nothing, and for one to a folder that it is in,
 *   which would have no end. False: all links are kept.
 */
export const walkProject = (files: ProjectFiles, root: string, follow: boolean): Walked => {
  const found = new Map<string, string>();
  const folders: string[] = [];
  const links = new Map<string, string>();
  const realOf = (path: string): string | undefined => (files.real === undefined ? path : files.real(path));
  const walk = (folder: string, below: string, above: ReadonlySet<string | undefined>): void => {
    const inner: (() => void)[] = [];
    for (const name of files.list(folder)) {
      const [path, relative] = [join(folder, name), `${below}${name}`];
      const target = files.link?.(path);
      const real = realOf(path);
      if (target !== undefined && (!follow || real === undefined || above.has(real)))
        links.set(relative, target);
      else if (files.kind(path) === 'directory') {
        inner.push(() => {
          folders.push(relative);
          walk(path, `${relative}/`, new Set([...above, real]));
        });
      } else found.set(relative, path);
    }
    for (const walkInner of inner) walkInner();
  };
  walk(root, '', new Set([realOf(root)]));
  return { files: found, folders, links };
};
