import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { Located, Variables } from '../model/located.ts';
import type { ModuleRegistry } from '../model/module.ts';
import type { Entry, Handler, Inherited, Role, Source } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { renderPlace, type Span } from '../model/span.ts';
import type { Problems } from './problems.ts';
import { parseProjectYaml } from './project-yaml.ts';
import type { ParsedYaml } from './yaml.ts';

/** What all files of a playbook are read with. */
export interface Project {
  readonly files: ProjectFiles;
  readonly registry: ModuleRegistry;
  /** Folders of roles besides `roles/` beside the playbook; strongest first. */
  readonly rolesPath: readonly string[];
  /** Folders with `ansible_collections/` in them, besides `collections/` beside the playbook. */
  readonly collectionsPath: readonly string[];
  /** Folder of the playbook. */
  readonly folder: string;
  /** Each file is read once, however often it is imported. */
  readonly parsed: Map<string, ParsedYaml>;
  /** Variables of the files that include_vars has read. */
  readonly included: Map<string, Variables>;
  readonly onEntry?: EntryListener | undefined;
}

/** Is told of every task and block that is read, good or not, once for each way that leads to it. */
export type EntryListener = (entry: Located) => void;

/** A name in `notify`, to be looked up when all handlers are known. */
export interface Notification {
  readonly source: Source;
}

/** The play that is being read. */
export interface PlayDraft {
  readonly roles: Role[];
  /** Of roles, by id, in order. */
  readonly roleHandlers: Map<string, Handler>;
  readonly handlers: Handler[];
  readonly notifications: Notification[];
  /** Roles that have been read with the same parameters; they run once. */
  readonly usedRoles: Set<string>;
  /** `compat: truthy` */
  readonly truthy: boolean;
  /** What its tasks so far do on the machine that runs them. */
  readonly here: DoneHere;
  /** What is only known while running. */
  readonly late: LateHandlers;
}

/** A task that is delegated to localhost may make files of the project, which those after it name. */
export interface DoneHere {
  mayMakeFiles: boolean;
}

/** Handlers of roles that are included while running. */
export interface LateHandlers {
  /** All handlers of the play, once it has been read; they are added to it. */
  handlers: Handler[] | undefined;
  /** Whether there is an include that may bring some. */
  areExpected: boolean;
}

/** Where in the project reading has come to. */
export interface Scope {
  readonly project: Project;
  readonly problems: Problems;
  readonly play: PlayDraft;
  readonly inherited: Inherited;
  readonly role: Role | undefined;
  /** Folder of the file that is read. */
  readonly folder: string;
  /** Places of the includes on the way here, innermost first. */
  readonly via: readonly string[];
  /** Files on the way here, for cycles. */
  readonly chain: readonly string[];
  /** Topics that the handlers here have from the include that brings them; undefined outside of handlers. */
  readonly topics: readonly string[] | undefined;
  /** Reads a list of tasks; given here because includes, roles and tasks read each other. */
  readonly readEntries: ReadEntries;
}

export type ReadEntries = (list: Located, scope: Scope) => readonly Entry[];

export const nothingInherited: Inherited = { when: [], tags: [], environment: [], vars: [], includeVars: [] };

/** The id of what stands at a place, reached through the includes of the scope. */
export const idAt = (span: Span, scope: Scope): string => [renderPlace(span), ...scope.via].join(' <- ');

/** Adds the diagnostics that reading a file threw. @returns undefined then */
export const guarded = <T>(problems: Problems, read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const diagnostic of error.diagnostics) problems.add(diagnostic);
    return undefined;
  }
};

const parse = (project: Project, path: string, text: string): ParsedYaml => {
  const known = project.parsed.get(path);
  if (known !== undefined) return known;
  const parsed = parseProjectYaml(text, path, project.files);
  project.parsed.set(path, parsed);
  return parsed;
};

/** Reads a YAML file. @returns undefined when it is not there or its syntax is wrong; the latter is reported */
export const readYaml = (project: Project, problems: Problems, path: string): Located | undefined => {
  const text = guarded(problems, () => project.files.text(path));
  if (text === undefined) return undefined;
  const { located, diagnostics } = parse(project, path, text);
  diagnostics.forEach((diagnostic: Diagnostic) => {
    problems.add(diagnostic);
  });
  return located;
};
