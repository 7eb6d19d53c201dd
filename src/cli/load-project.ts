import { dirname, resolve } from 'node:path';
import { type LoadedInventory, loadInventory } from '../inventory/load-inventory.ts';
import { findHost, matchHosts } from '../inventory/match-hosts.ts';
import { readLimit } from '../inventory/read-limit.ts';
import { loadPlaybook } from '../language/load-playbook.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { FactKind } from '../model/fact.ts';
import type { Host, Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { TemplateError } from '../model/template-error.ts';
import { Blocked } from '../model/unknown.ts';
import { modules } from '../modules/index.ts';
import { createScope } from '../template/scope.ts';
import { runHere } from '../transport/run-here.ts';
import { type AnswerPrompts, leavePrompts } from './ask-prompts.ts';
import { checkTags } from './check-tags.ts';
import { checkVariableNames } from './check-variable-names.ts';
import { mayBeAddedBy } from './may-be-added.ts';
import { ownModulesOf } from './own-modules.ts';
import { readRolesPath } from './roles-path.ts';
import { startAtTask } from './start-at-task.ts';
import { isUnguarded } from './unguarded.ts';

/** A play and the hosts it is for. */
export interface TargetedPlay {
  readonly play: Play;
  readonly hosts: readonly Host[];
}

/** Everything that was read, without an error in it. */
export interface Project {
  readonly inventory: Inventory;
  readonly plays: readonly TargetedPlay[];
  /** `--limit`, with what is read for it. */
  readonly limit: string | undefined;
  /** Kinds of facts that modules of the project's own bring along. */
  readonly kinds: readonly FactKind[];
  readonly warnings: readonly Diagnostic[];
}

export interface ProjectRequest {
  readonly inventory: string;
  /** None: those that the inventory names. */
  readonly playbooks: readonly string[];
  readonly limit: string | undefined;
  readonly startAtTask?: string | undefined;
  /** Tags of `--tags` and `--skip-tags`. */
  readonly tags?: readonly string[] | undefined;
  readonly extraVars: Variables;
  /** For where roles are found. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

const withoutDoubles = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => [
  ...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values(),
];

/** A password that is missing or wrong is so for every place that wants it. */
const ofKeys = /^(?:no|wrong)-(?:vault-password|age-identity|age-passphrase)$/;

const oncePerKey = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.filter(
    ({ code, message }, index) =>
      !ofKeys.test(code) ||
      index === diagnostics.findIndex((other) => other.code === code && other.message === message),
  );

/** All that is wrong at once; advice on what cannot be proved waits. */
const refusal = (diagnostics: readonly Diagnostic[]): DiagnosticError =>
  new DiagnosticError(
    oncePerKey(withoutDoubles(diagnostics)).filter((diagnostic) => !isUnguarded(diagnostic)),
  );

/** @returns the warnings @throws DiagnosticError if one is an error */
export const refuseErrors = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => {
  if (diagnostics.some(isError)) throw refusal(diagnostics);
  return withoutDoubles(diagnostics);
};

/** `--limit` must mean something: an unknown name would silently leave every play without hosts. */
const checkLimit = (limit: string | undefined, inventory: Inventory): readonly Diagnostic[] =>
  limit === undefined ? [] : matchHosts(limit, inventory).diagnostics;

const loadInventoryOf = (path: string, files: ProjectFiles): LoadedInventory => {
  const runScript = (script: string, args: readonly string[]) => runHere(resolve(script), args);
  return loadInventory(path, files, { runScript });
};

/** The inventory alone. @throws DiagnosticError */
export const readInventory = (
  path: string,
  files: ProjectFiles,
): { inventory: Inventory; warnings: readonly Diagnostic[] } => {
  const { inventory, diagnostics } = loadInventoryOf(path, files);
  const warnings = refuseErrors(diagnostics);
  if (inventory === undefined) throw new DiagnosticError(diagnostics);
  return { inventory, warnings };
};

const noPlaybook = (inventory: Inventory): Diagnostic => ({
  severity: 'error',
  code: 'no-playbook',
  message: `no playbook is named, and ${inventory.file} has no "playbooks"`,
  hint: 'name one after the inventory, or list them in a YAML inventory: playbooks: [site.yaml]',
});

/** Hosts by name; the implicit localhost is the same host for all plays. */
export const createHostFinder = (inventory: Inventory): ((name: string) => Host | undefined) => {
  const implicit = new Map<string, Host | undefined>();
  return (name) => {
    if (!implicit.has(name)) implicit.set(name, findHost(name, inventory));
    return implicit.get(name);
  };
};

/** What was answered to the prompts of a play. */
const answersOf = ({ prompts = [], varsFiles }: Play): readonly Variables[] =>
  prompts.length === 0 ? [] : varsFiles.filter(({ origin }) => origin === 'vars_prompt');

/** The hosts of a play, and what is wrong with their names. */
export const targetPlay = (
  play: Play,
  inventory: Inventory,
  request: Pick<ProjectRequest, 'limit' | 'extraVars'>,
  hostOf: (name: string) => Host | undefined,
  mayCome?: (name: string) => boolean,
) => {
  try {
    const pattern = String(
      createScope([play.vars, ...answersOf(play), request.extraVars]).render(play.hosts.text),
    );
    const { hosts, diagnostics } = matchHosts(pattern, inventory, request.limit, mayCome);
    const located = diagnostics.map((diagnostic) => ({
      ...diagnostic,
      span: diagnostic.span ?? play.hosts.span,
    }));
    const known = hosts.map(hostOf).filter((host) => host !== undefined);
    return { targeted: { play, hosts: known }, diagnostics: located };
  } catch (error) {
    // Without the answers to a play's prompts, its hosts may be unknown.
    if (error instanceof Blocked) return { targeted: { play, hosts: [] }, diagnostics: [] };
    if (!(error instanceof TemplateError)) throw error;
    return { targeted: { play, hosts: [] }, diagnostics: [error.diagnostic] };
  }
};

/**
 * Reads the inventory and the playbooks with all they include.
 *
 * @throws DiagnosticError with every mistake in all of them; UsageError when there is no task to start at
 */
export const loadProject = async (
  request: ProjectRequest,
  files: ProjectFiles,
  answerPrompts: AnswerPrompts,
): Promise<Project> => {
  const { inventory, diagnostics: ofInventory } = loadInventoryOf(request.inventory, files);
  const paths = request.playbooks.length > 0 ? request.playbooks : (inventory?.playbooks ?? []);
  if (inventory !== undefined && paths.length === 0) {
    refuseErrors(ofInventory);
    throw new DiagnosticError([noPlaybook(inventory)]);
  }
  const own = await ownModulesOf(paths, files);
  const { roles: rolesPath, collections: collectionsPath } = readRolesPath(request.env ?? {}, files);
  const loaded = paths.map((path) => {
    const registry = own.get(dirname(path))?.registry ?? modules;
    return loadPlaybook(path, { files, registry, rolesPath, collectionsPath });
  });
  const isSwapped = ofInventory.some(({ code }) => code === 'playbook-as-inventory');
  const ofPlaybooks = [
    ...[...own.values()].flatMap(({ diagnostics }) => diagnostics),
    // Where the two were swapped, that the inventory is no playbook goes without saying.
    ...loaded
      .flatMap(({ diagnostics }) => diagnostics)
      .filter(({ code }) => !(isSwapped && code === 'bad-playbook')),
  ];
  if (inventory === undefined || ofInventory.some(isError)) throw refusal([...ofInventory, ...ofPlaybooks]);
  const limit = readLimit(request.limit, files);
  const limited = { ...request, limit: limit.pattern };
  const hostOf = createHostFinder(inventory);
  const owns = [...own.values()];
  const found = [...ofInventory, ...ofPlaybooks];
  // Nobody is asked for what will not run; mistakes that show without answers are shown with the others.
  const answer = found.some(isError) ? leavePrompts : answerPrompts;
  const plays = await answer(
    loaded.flatMap((playbook) => playbook.plays),
    request.extraVars,
  );
  const targets = plays.map((play, index) =>
    targetPlay(play, inventory, limited, hostOf, mayBeAddedBy(plays.slice(0, index))),
  );
  const diagnostics = [
    ...found,
    ...limit.diagnostics,
    ...checkLimit(limit.pattern, inventory),
    ...checkTags(request.tags ?? [], plays),
    ...checkVariableNames(inventory, plays, request.extraVars, files),
    ...targets.flatMap((one) => one.diagnostics),
  ];
  const whole = targets.map(({ targeted }) => targeted);
  const allWarnings = refuseErrors(diagnostics);
  const { startAtTask: name } = request;
  return {
    inventory,
    plays: name === undefined ? whole : startAtTask(whole, name),
    limit: limit.pattern,
    kinds: owns.flatMap(({ kinds }) => kinds),
    warnings: allWarnings,
  };
};
