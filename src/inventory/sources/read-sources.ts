import { dirname, join } from 'node:path';
import type { Problems } from '../../language/problems.ts';
import type { ProjectFiles } from '../../model/project.ts';
import type { Span } from '../../model/span.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { readIni } from './ini.ts';
import type { GroupPart } from './part.ts';
import { type RunInventoryScript, readScript } from './script.ts';
import { readYaml } from './yaml.ts';

/** A file of an inventory, read. */
export interface Source {
  readonly file: string;
  readonly parts: readonly GroupPart[];
  /** Paths of `playbooks:`, resolved against the file's folder. */
  readonly playbooks: readonly string[];
}

/** Where sources come from. */
export interface SourceContext {
  readonly files: ProjectFiles;
  readonly problems: Problems;
  /** Without it, an executable inventory is an error. */
  readonly runScript?: RunInventoryScript | undefined;
}

const topOf = (file: string): Span => ({ file, line: 1, column: 1, offset: 0, length: 0 });

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * Endings of files that Ansible leaves alone in a folder of inventories.
 * @see https://docs.ansible.com/ansible/latest/reference_appendices/config.html INVENTORY_IGNORE_EXTS
 */
const ignored = /(?:~|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))$/;

const isSource = (name: string): boolean =>
  !name.startsWith('.') && !ignored.test(name) && name !== 'group_vars' && name !== 'host_vars';

const noInventory = (path: string, { files, problems }: SourceContext): void => {
  const near = nearestName(nameOf(path), files.list(dirname(path)));
  problems.error('missing-inventory', `there is no inventory ${path}`, undefined, {
    hint:
      near === undefined
        ? 'syn-deploy init makes a small one'
        : `did you mean "${join(dirname(path), near)}"?`,
  });
};

const isExecutable = (path: string, { files }: SourceContext): boolean =>
  (Number.parseInt(files.mode(path), 8) & 0o111) !== 0;

const fromScript = (path: string, { runScript, problems }: SourceContext): Source => {
  if (runScript !== undefined)
    return { file: path, parts: readScript(path, runScript, problems), playbooks: [] };
  problems.error('inventory-script-failed', `${path} is a script, and none is run here`, topOf(path));
  return { file: path, parts: [], playbooks: [] };
};

/** By its ending; without one that says it, a script is executable, YAML has a mapping, and all else is INI. */
const formOf = (path: string, text: string, context: SourceContext): 'yaml' | 'script' | 'ini' => {
  if (/\.(?:ya?ml|json)$/.test(path)) return 'yaml';
  if (!path.endsWith('.ini') && (isExecutable(path, context) || text.startsWith('#!'))) return 'script';
  const first = text.split('\n').find((line) => !/^\s*(?:[#;].*)?$/.test(line)) ?? '';
  return /^(?:---|%YAML|\{|["']?[\w.-]+["']?:(?:\s|$))/.test(first) ? 'yaml' : 'ini';
};

const readFile = (path: string, context: SourceContext): Source | undefined => {
  const { files, problems } = context;
  const text = files.text(path);
  if (text === undefined) {
    noInventory(path, context);
    return undefined;
  }
  const form = formOf(path, text, context);
  if (form === 'ini') return { file: path, parts: readIni(text, path, problems), playbooks: [] };
  if (form === 'yaml') {
    const read = readYaml(text, path, files, problems);
    return read === undefined ? undefined : { file: path, ...read };
  }
  if (isExecutable(path, context)) return fromScript(path, context);
  problems.error('inventory-script-failed', `${path} is a script that may not be executed`, topOf(path), {
    hint: `chmod +x ${path}`,
  });
  return undefined;
};

const readFolder = (path: string, context: SourceContext): readonly Source[] => {
  const { files } = context;
  return files
    .list(path)
    .filter(isSource)
    .map((name) => join(path, name))
    .flatMap((inner) =>
      files.kind(inner) === 'directory' ? readFolder(inner, context) : (readFile(inner, context) ?? []),
    );
};

/**
 * Reads an inventory: a YAML or an INI file, a program that prints one, or a folder of those, in the order of their names.
 *
 * @param path  as messages show it
 * @returns undefined where nothing sensible could be read
 */
export const readSources = (path: string, context: SourceContext): readonly Source[] | undefined => {
  if (context.files.kind(path) !== 'directory') {
    const source = readFile(path, context);
    return source === undefined ? undefined : [source];
  }
  const sources = readFolder(path, context);
  if (sources.length > 0) return sources;
  if (context.problems.good)
    context.problems.error('missing-inventory', `there is no inventory in the folder ${path}`, undefined, {
      hint: 'it takes .yaml and .ini files without their ending, and programs; those that end in .ini, .cfg, .txt or .md are left out, as Ansible leaves them out',
    });
  return undefined;
};
