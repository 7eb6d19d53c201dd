import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { OwnModule } from '../api/define-module.ts';
import * as api from '../api/index.ts';
import { factKinds } from '../facts/kinds.ts';
import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { FactKind } from '../model/fact.ts';
import type { AnyModule, ModuleRegistry } from '../model/module.ts';
import type { ProjectFiles } from '../model/project.ts';
import { modules } from '../modules/index.ts';
import { createProjectFiles } from '../workspace/project-files.ts';
import { withDescribed } from './describe-module.ts';

/** Modules that the playbooks of one folder can use. */
export interface OwnModules {
  /** Those of this program and the folder's own. */
  readonly registry: ModuleRegistry;
  /** Kinds of facts that they bring along. */
  readonly kinds: readonly FactKind[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Endings that Node runs; types are cut out by Node itself. */
const endings = /\.(?:mts|ts|mjs|js)$/;

const isOwnModule = (name: string): boolean =>
  /^[a-z]\w*\.\w+$/.test(name) && endings.test(name) && !/\.d\.m?ts$/.test(name);

/** Since Node 22.18; before, it is done in the hooks. */
const stripsTypes = Boolean((process.features as { readonly typescript?: unknown }).typescript);

const global = globalThis as { [key: symbol]: unknown };
const apiSymbol = Symbol.for('syn-deploy.api');

type Next = (specifier: string, context: object) => unknown;

/** Ends the address of a module's file: it is an ES module whatever a package.json beside it says. */
const ownMark = '?own';

/** As module-hooks.mjs does it in older Nodes. */
const loadOwn = (file: string) => {
  const path = fileURLToPath(file.slice(0, -ownMark.length));
  const format = /ts$/.test(path) ? 'module-typescript' : 'module';
  return { format, source: readFileSync(path, 'utf8'), shortCircuit: true };
};

/** A module of a project's own needs no package beside it: what it imports as "syn-deploy" is this program. */
const provideApi = (): void => {
  if (apiSymbol in global) return;
  global[apiSymbol] = api;
  const code = `export const { ${Object.keys(api).join(', ')} } = globalThis[Symbol.for('syn-deploy.api')];`;
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void };
  if (stripsTypes && registerHooks !== undefined)
    registerHooks({
      resolve: (specifier: string, context: object, next: Next) =>
        specifier === 'syn-deploy' ? { url, shortCircuit: true } : next(specifier, context),
      load: (file: string, context: object, next: Next) =>
        file.endsWith(ownMark) ? loadOwn(file) : next(file, context),
    });
  else nodeModule.register('./module-hooks.mjs', import.meta.url, { data: { url } });
};

const importFile = async (url: string): Promise<{ readonly default?: unknown }> => {
  const load = nodeModule.createRequire(import.meta.url)('./import-file.cjs') as (
    url: string,
  ) => Promise<object>;
  return await load(url);
};

const problem = (path: string, message: string, hint?: string): Diagnostic => ({
  severity: 'error',
  code: 'bad-module',
  message: `${path}: ${message}`,
  ...(hint !== undefined && { hint }),
});

const isFunction = (value: unknown): boolean => typeof value === 'function';

/** What is wrong with what a file exports; undefined where it is a module. */
const whatIsWrong = (exported: unknown, name: string): string | undefined => {
  if (typeof exported !== 'object' || exported === null) return 'it has no module as its default export';
  const { name: own, summary, params, facts, plan } = exported as Partial<AnyModule>;
  if (own !== name) return `its module is called "${String(own)}"; the file and the module have one name`;
  if (typeof summary !== 'string') return 'its module has no "summary"';
  if (!(params instanceof z.core.$ZodType)) return 'its "params" are no schema: import z from "syn-deploy"';
  if (!isFunction(facts) || !isFunction(plan)) return 'its module wants the functions "facts" and "plan"';
  return undefined;
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // The place in the file is the second line of a syntax error's stack, or the first that is no line of ours.
  const place = /(?:file:\/\/)?(\/[^\s()]+:\d+(?::\d+)?)/.exec(error.stack ?? '')?.[1];
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`;
};

const load = async (path: string, name: string): Promise<OwnModule | Diagnostic> => {
  provideApi();
  let exported: unknown;
  try {
    exported = (await importFile(pathToFileURL(resolve(path)).href + ownMark)).default;
  } catch (error) {
    return problem(path, `it cannot be loaded: ${describe(error)}`);
  }
  const wrong = whatIsWrong(exported, name);
  return wrong === undefined
    ? (exported as OwnModule)
    : problem(path, wrong, 'docs/own-modules.md has an example');
};

const checkKinds = (path: string, { kinds = [] }: OwnModule): readonly Diagnostic[] =>
  kinds
    .filter(({ kind }) => factKinds.has(kind))
    .map(({ kind }) => problem(path, `there is a kind of fact "${kind}" already`, 'give it another name'));

const isDiagnostic = (value: OwnModule | Diagnostic): value is Diagnostic => 'severity' in value;

/**
 * Loads the modules of a project's own: `modules/NAME.ts` or `.js` in a folder of playbooks, each with the module NAME as its
 * default export. They run on this machine, in this process.
 */
export const loadOwnModules = async (folder: string, files: ProjectFiles): Promise<OwnModules> => {
  const place = join(folder, 'modules');
  const registry = new Map(modules);
  const kinds: FactKind[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files.list(place).filter(isOwnModule)) {
    const path = join(place, file);
    const name = file.replace(endings, '');
    if (modules.has(name)) {
      diagnostics.push(problem(path, `there is a module "${name}" already`, 'give it another name'));
      continue;
    }
    const loaded = await load(path, name);
    if (isDiagnostic(loaded)) diagnostics.push(loaded);
    else {
      diagnostics.push(...checkKinds(path, loaded));
      registry.set(name, loaded);
      kinds.push(...(loaded.kinds ?? []));
    }
  }
  return { registry, kinds, diagnostics };
};

/** Loads them once for each folder that has playbooks. */
export const ownModulesOf = async (
  playbooks: readonly string[],
  files: ProjectFiles,
): Promise<ReadonlyMap<string, OwnModules>> => {
  const folders = [...new Set(playbooks.map((path) => dirname(path)))];
  const loaded = await Promise.all(
    folders.map(
      async (folder): Promise<[string, OwnModules]> => [folder, await loadOwnModules(folder, files)],
    ),
  );
  return new Map(loaded);
};

/** The modules of this program and those in `modules/` of the folder where it was started. @throws DiagnosticError */
export const modulesHere = async (): Promise<ModuleRegistry> => {
  const { registry, diagnostics } = await loadOwnModules('.', createProjectFiles());
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return withDescribed(registry);
};
