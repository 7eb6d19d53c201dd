import { posix } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Located } from '../model/located.ts';
import type { ModuleRegistry } from '../model/module.ts';
import type { Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { renderPlace } from '../model/span.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { checkPlayTemplates } from './check-templates.ts';
import { describe } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { missingHint, nearestFile, resolveFrom } from './find-file.ts';
import { foldInherited } from './inherited.ts';
import { partOf } from './located-tree.ts';
import { type PlayContext, readPlay } from './play.ts';
import { Problems } from './problems.ts';
import { type EntryListener, guarded, nothingInherited, type Project, readYaml } from './scope.ts';

/** What a playbook is read with. */
export interface PlaybookOptions {
  readonly files: ProjectFiles;
  readonly registry: ModuleRegistry;
  /** Folders of roles besides `roles/` beside the playbook, strongest first; Ansible's ANSIBLE_ROLES_PATH. */
  readonly rolesPath?: readonly string[] | undefined;
  /** Folders with `ansible_collections/` in them, besides `collections/` beside the playbook. */
  readonly collectionsPath?: readonly string[] | undefined;
  readonly onEntry?: EntryListener | undefined;
}

/** A playbook and everything that it imports, with all mistakes in them. */
export interface LoadedPlaybook {
  readonly plays: readonly Play[];
  /** Errors and warnings, each once, in the order of reading. With an error in them nothing should run. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Reading {
  readonly options: PlaybookOptions;
  readonly problems: Problems;
  readonly parsed: Project['parsed'];
  readonly included: Project['included'];
  /** Playbooks on the way here. */
  readonly chain: readonly string[];
}

const projectOf = (path: string, { options, parsed, included }: Reading): Project => ({
  files: options.files,
  registry: options.registry,
  rolesPath: options.rolesPath ?? [],
  collectionsPath: options.collectionsPath ?? [],
  folder: posix.dirname(path),
  parsed,
  included,
  onEntry: options.onEntry,
});

const importKeys = ['name', 'vars', 'when', 'tags', 'import_playbook', 'ansible.builtin.import_playbook'];

const importContext = (fields: Fields, outer: PlayContext): PlayContext => {
  const { vars, ...inherited } = foldInherited({ ...outer.inherited, vars: [] }, fields, 'import');
  return {
    inherited: { ...inherited, vars: [] },
    vars: [...vars, ...outer.vars],
    via: [renderPlace(fields.mapping.span), ...outer.via],
  };
};

const readImport = (
  key: string,
  fields: Fields,
  file: string,
  reading: Reading,
  context: PlayContext,
): readonly Play[] => {
  const { problems } = reading;
  for (const other of fields.keys.filter((name) => !importKeys.includes(name)))
    problems.error('unknown-key', `unknown key "${other}" at import_playbook`, fields.keySpan(other), {
      hint: didYouMean(nearestName(other, importKeys), 'import_playbook takes: name, tags, vars, when'),
    });
  const name = fields.text(key);
  if (name === undefined) return [];
  const path = resolveFrom(posix.dirname(file), name);
  const { span } = fields.at(key);
  if (reading.chain.includes(path)) {
    const cycle = [...reading.chain.slice(reading.chain.indexOf(path)), path];
    problems.error('import-cycle', `"${path}" imports itself: ${cycle.join(' -> ')}`, span);
    return [];
  }
  if (guarded(problems, () => reading.options.files.kind(path)) !== 'file') {
    problems.error('missing-file', `no file "${name}"`, span, {
      hint: missingHint(reading.options.files, name, [posix.dirname(file)]),
    });
    return [];
  }
  return readPlaybook(path, reading, importContext(fields, context));
};

const readItem = (item: Located, file: string, reading: Reading, context: PlayContext): readonly Play[] => {
  const { problems } = reading;
  if (!isMapping(item.value)) {
    problems.error(
      'bad-play',
      `a play is a mapping with "hosts" and "tasks"; found ${describe(item.value)}`,
      item.span,
    );
    return [];
  }
  const fields = new Fields(item, problems);
  const key = ['import_playbook', 'ansible.builtin.import_playbook'].find((name) => fields.has(name));
  if (key !== undefined) return readImport(key, fields, file, reading, context);
  const play = readPlay(fields, file, projectOf(file, reading), context);
  if (play === undefined) return [];
  checkPlayTemplates(play, problems);
  return [play];
};

const readPlaybook = (path: string, outer: Reading, context: PlayContext): readonly Play[] => {
  const reading = { ...outer, chain: [...outer.chain, path] };
  const root = readYaml(projectOf(path, reading), reading.problems, path);
  if (root === undefined) return [];
  if (root.value === null) {
    reading.problems.warning('empty-playbook', 'the playbook is empty', root.span);
    return [];
  }
  if (!Array.isArray(root.value)) {
    reading.problems.error(
      'bad-playbook',
      `a playbook is a list of plays; found ${describe(root.value)}`,
      root.span,
      {
        hint: 'start each play with "- "',
      },
    );
    return [];
  }
  return root.value.flatMap((_, index) => readItem(partOf(root, [index]), path, reading, context));
};

/**
 * Reads a playbook with its roles, imports and files of variables, and checks all that can be known without a host:
 * keys, modules and their parameters, literal values, names of handlers and variables.
 *
 * Never throws for what a user wrote; reading goes on after a mistake, so that all are found at once.
 *
 * @param path  of the playbook, as messages shall show it
 */
export const loadPlaybook = (path: string, options: PlaybookOptions): LoadedPlaybook => {
  const problems = new Problems();
  const reading: Reading = { options, problems, parsed: new Map(), included: new Map(), chain: [] };
  const context: PlayContext = { inherited: nothingInherited, vars: [], via: [] };
  const kind = guarded(problems, () => options.files.kind(path));
  if (kind !== 'file') {
    problems.error(
      'missing-file',
      `no playbook "${path}"${kind === 'directory' ? ': that is a folder' : ''}`,
      undefined,
      {
        hint:
          kind === 'directory'
            ? 'name the playbook in it'
            : didYouMean(nearestFile(options.files, path, ['.'])),
      },
    );
    return { plays: [], diagnostics: problems.all };
  }
  const plays = readPlaybook(path, reading, context);
  return { plays, diagnostics: problems.all };
};
