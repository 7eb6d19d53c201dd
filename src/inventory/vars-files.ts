import { join } from 'node:path';
import type { Problems } from '../language/problems.ts';
import { parseProjectYaml } from '../language/project-yaml.ts';
import { guarded } from '../language/scope.ts';
import { readVariables } from '../language/variables.ts';
import type { Variables } from '../model/located.ts';
import type { ProjectFiles } from '../model/project.ts';
import { checkConnectionVariables } from './connection-variables.ts';

const extensions = ['.yml', '.yaml', '.json'];

/** Neither hidden nor an editor's backup. */
const isRead = (name: string): boolean => !name.startsWith('.') && !name.endsWith('~');

const isVariablesFile = (name: string): boolean =>
  isRead(name) && (!name.includes('.') || extensions.some((one) => name.endsWith(one)));

/** What Ansible reads of a folder; one with a dot in its name (`old.d`) it leaves out. */
const filesBelow = (folder: string, files: ProjectFiles): string[] =>
  files.list(folder).flatMap((name) => {
    const path = join(folder, name);
    if (files.kind(path) === 'directory')
      return isRead(name) && !name.includes('.') ? filesBelow(path, files) : [];
    return isVariablesFile(name) ? [path] : [];
  });

/** The files of one group or host: `NAME` (a folder, or a file without ending), else NAME.yml, .yaml or .json. */
const filesOf = (
  folder: string,
  name: string,
  files: ProjectFiles,
  problems: Problems,
): readonly string[] => {
  const there = ['', ...extensions]
    .map((ending) => join(folder, name + ending))
    .filter((path) => files.kind(path) !== undefined);
  const [first, ...rest] = there;
  if (first === undefined) return [];
  for (const path of rest) {
    problems.warning(
      'shadowed-variables-file',
      `${path} is not read: ${first} is there too, and comes first`,
      {
        file: path,
        line: 1,
        column: 1,
        offset: 0,
        length: 0,
      },
    );
  }
  return files.kind(first) === 'directory' ? filesBelow(first, files) : [first];
};

const read = (path: string, files: ProjectFiles, problems: Problems): Variables | undefined => {
  const text = guarded(problems, () => files.text(path));
  if (text === undefined) return undefined;
  const { located, diagnostics } = parseProjectYaml(text, path, files);
  for (const diagnostic of diagnostics) problems.add(diagnostic);
  if (located === undefined) return undefined;
  checkConnectionVariables(located, problems);
  return { ...readVariables(located, path, problems), at: (parts) => located.at(parts) };
};

const checkPriority = ({ values, place }: Variables, problems: Problems): void => {
  const name = 'ansible_group_priority';
  if (!Object.hasOwn(values, name)) return;
  problems.warning('variable-without-effect', `"${name}" has no effect in group_vars/`, place(name), {
    hint: 'write it below "vars" of the group in the inventory',
  });
};

/** Reads `group_vars/` and `host_vars/` of one folder; each file once. */
export class VariablesFolder {
  readonly #folder: string;
  readonly #files: ProjectFiles;
  readonly #problems: Problems;
  readonly #known = new Map<string, readonly Variables[]>();

  constructor(folder: string, files: ProjectFiles, problems: Problems) {
    this.#folder = folder;
    this.#files = files;
    this.#problems = problems;
  }

  /** Weakest first; empty when there is no file for the name. */
  read(kind: 'group_vars' | 'host_vars', name: string): readonly Variables[] {
    const key = `${kind}/${name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // A host's name may not lead out of the folder.
    const paths = name.includes('/')
      ? []
      : filesOf(join(this.#folder, kind), name, this.#files, this.#problems);
    const layers = paths
      .map((path) => read(path, this.#files, this.#problems))
      .filter((one) => one !== undefined);
    if (kind === 'group_vars') for (const layer of layers) checkPriority(layer, this.#problems);
    this.#known.set(key, layers);
    return layers;
  }

  /** Names that there are files for. */
  names(kind: 'group_vars' | 'host_vars'): readonly { readonly name: string; readonly path: string }[] {
    const folder = join(this.#folder, kind);
    return this.#files
      .list(folder)
      .filter(isVariablesFile)
      .map((entry) => {
        const ending = extensions.find((one) => entry.endsWith(one)) ?? '';
        return { name: entry.slice(0, entry.length - ending.length), path: join(folder, entry) };
      });
  }
}
