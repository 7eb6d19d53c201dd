import { basename, dirname, join, posix, relative } from 'node:path';
import { loadInventory } from '../../inventory/load-inventory.ts';
import { loadPlaybook } from '../../language/load-playbook.ts';
import type { EntryListener } from '../../language/scope.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticError } from '../../model/diagnostic.ts';
import type { Inventory } from '../../model/host.ts';
import type { Located, Variables } from '../../model/located.ts';
import type { ModuleRegistry } from '../../model/module.ts';
import type { Play, Task } from '../../model/play.ts';
import type { ProjectFiles } from '../../model/project.ts';
import type { Span } from '../../model/span.ts';
import { modules } from '../../modules/index.ts';
import { leavePrompts } from '../ask-prompts.ts';
import type { Io } from '../io.ts';
import { createHostFinder, type TargetedPlay, targetPlay } from '../load-project.ts';
import { noConnections } from '../offline.ts';
import { ownModulesOf } from '../own-modules.ts';
import { type RolesPath, readRolesPath } from '../roles-path.ts';
import { validateWork } from '../validate-work.ts';
import { createVariableSources } from '../variable-sources.ts';
import { withVirtualPlaybook } from '../virtual-playbook.ts';
import { prepareWork } from '../work.ts';
import type { Site } from './find-site.ts';
import { containsSpan, ownChecks } from './own-checks.ts';

/** All that reading a project told, without stopping at what is wrong. */
export interface ReadSite {
  /** Tasks and blocks as they stand in the files, each once. */
  readonly entries: readonly Located[];
  /** Tasks that came out of them. */
  readonly tasks: readonly Task[];
  readonly diagnostics: readonly Diagnostic[];
  readonly roles: readonly string[];
}

const nobodysPlaybook = '<doctor>';

/** A host of no inventory, for tasks that nobody has said the hosts of. */
const someHost: Inventory = {
  file: '',
  folder: '',
  hosts: new Map([['some-host', { name: 'some-host', groups: [], variables: [] }]]),
  implicit: new Map(),
  groups: new Map([
    ['all', ['some-host']],
    ['ungrouped', ['some-host']],
  ]),
  playbooks: [],
  with: () => someHost,
};

/** The project's own ansible.cfg comes before the one of the folder that doctor was started in. */
export const rolesPathOf = (
  { config }: Pick<Site, 'config'>,
  files: ProjectFiles,
  env: Io['env'],
): RolesPath => readRolesPath(config === undefined ? env : { ...env, ANSIBLE_CONFIG: config }, files);

/** What an inventory that is not known would have to give, and the hosts that it would name. */
const needsInventory = (code: string): boolean =>
  code.startsWith('undefined-') || code === 'bad-host-pattern';

/** Reads one project after another; what was read before is not read again. */
class SiteReader {
  readonly #site: Site;
  readonly #files: ProjectFiles;
  readonly #io: Io;
  readonly #extraVars: Variables;
  readonly #read = new Set<string>();
  readonly #entries = new Map<string, Located>();
  readonly #tasks: Task[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #registry: (playbook: string) => ModuleRegistry = () => modules;
  readonly #rolesPath: RolesPath;

  constructor(site: Site, files: ProjectFiles, extraVars: Variables, io: Io) {
    this.#site = site;
    this.#extraVars = extraVars;
    this.#io = io;
    this.#rolesPath = rolesPathOf(site, files, io.env);
    this.#files = {
      ...files,
      text: (path) => {
        this.#read.add(posix.normalize(path));
        return files.text(path);
      },
    };
  }

  async read(): Promise<ReadSite> {
    const { root, playbooks, roles, inventories } = this.#site;
    const own = await ownModulesOf([...playbooks, join(root, nobodysPlaybook)], this.#files);
    this.#diagnostics.push(...[...own.values()].flatMap(({ diagnostics }) => diagnostics));
    this.#registry = (playbook) => own.get(dirname(playbook))?.registry ?? modules;
    const plays = playbooks.flatMap((path) => this.#load(path, this.#files));
    const read = inventories.map((path) => this.#inventory(path)).filter((one) => one !== undefined);
    await this.#validate(plays, read);
    for (const role of roles) await this.#role(role);
    for (const path of this.#unread(join(root, 'tasks')))
      await this.#alone(`- import_tasks: ${JSON.stringify(relative(root, path))}`, root);
    return {
      entries: [...this.#entries.values()],
      tasks: this.#tasks,
      diagnostics: this.#diagnostics,
      roles: this.#allRoles(),
    };
  }

  /** Those that the site has, and those that its tasks come from. */
  #allRoles(): readonly string[] {
    const used = this.#tasks.flatMap(({ role }) =>
      role === undefined ? [] : [posix.normalize(role.folder)],
    );
    return [...new Set([...this.#site.roles, ...used])];
  }

  #load(path: string, files: ProjectFiles): readonly Play[] {
    const onEntry: EntryListener = (entry) => {
      if (entry.span.file !== path || files === this.#files)
        this.#entries.set(`${entry.span.file}:${entry.span.offset}`, entry);
    };
    const { plays, diagnostics } = loadPlaybook(path, {
      files,
      registry: this.#registry(path),
      onEntry,
      rolesPath: this.#rolesPath.roles,
      collectionsPath: this.#rolesPath.collections,
    });
    this.#diagnostics.push(...diagnostics);
    for (const { entries, handlers } of plays)
      this.#tasks.push(...[...entries, ...handlers].filter((entry) => entry.type === 'task'));
    return plays;
  }

  #inventory(path: string): Inventory | undefined {
    try {
      const { inventory, diagnostics } = loadInventory(path, this.#files);
      this.#diagnostics.push(...diagnostics);
      return inventory;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      this.#diagnostics.push(...error.diagnostics);
      return undefined;
    }
  }

  /** Files of a folder that no playbook has read, those of its folders too. */
  #unread(folder: string): readonly string[] {
    return this.#files.list(folder).flatMap((name) => {
      const path = join(folder, name);
      if (this.#files.kind(path) === 'directory') return this.#unread(path);
      return /\.ya?ml$/.test(name) && !this.#read.has(posix.normalize(path)) ? [path] : [];
    });
  }

  /** A role that nobody uses; then its files that are included by a name that hangs on the host. */
  async #role(folder: string): Promise<void> {
    const from = dirname(folder) === '' ? '.' : dirname(folder);
    const use = (more: string) => `- import_role: { name: ${JSON.stringify(basename(folder))}${more} }`;
    const isRead = ['main.yml', 'main.yaml'].some((name) =>
      this.#read.has(posix.normalize(join(folder, 'tasks', name))),
    );
    if (!isRead) await this.#alone(use(''), from);
    for (const path of this.#unread(join(folder, 'tasks')))
      await this.#alone(use(`, tasks_from: ${JSON.stringify(relative(join(folder, 'tasks'), path))}`), from);
  }

  /** Reads a task that nobody wrote, as one of a playbook in the folder. */
  async #alone(task: string, folder: string): Promise<void> {
    const path = posix.join(folder, nobodysPlaybook);
    const text = `- hosts: all\n  tasks:\n    ${task}\n`;
    await this.#validate(this.#load(path, withVirtualPlaybook(this.#files, text, path)), []);
  }

  async #validate(plays: readonly Play[], inventories: readonly Inventory[]): Promise<void> {
    const answered = await leavePrompts(plays, this.#extraVars);
    if (inventories.length === 0) {
      const targeted = answered.map((play) => ({ play, hosts: [...someHost.hosts.values()] }));
      const found = this.#validated(targeted, someHost);
      const known = found.filter(({ code, span }) => !needsInventory(code) && !this.#isOwnCheck(code, span));
      this.#diagnostics.push(...known);
      return;
    }
    const perInventory = inventories.map((inventory) => {
      const hostOf = createHostFinder(inventory);
      const targets = answered.map((play) =>
        targetPlay(play, inventory, { limit: undefined, extraVars: this.#extraVars }, hostOf),
      );
      const found = this.#validated(
        targets.map(({ targeted }) => targeted),
        inventory,
      );
      return { found, patterns: targets.flatMap(({ diagnostics }) => diagnostics) };
    });
    this.#diagnostics.push(...perInventory.flatMap(({ found }) => found));
    // A playbook may be for one of them only: what is wrong is a group that none of them has.
    const [first, ...others] = perInventory.map(({ patterns }) => patterns);
    this.#diagnostics.push(
      ...(first ?? []).filter((one) =>
        others.every((patterns) => patterns.some(({ message }) => message === one.message)),
      ),
    );
  }

  /** A task that checks variables, of which none are known without an inventory. */
  #isOwnCheck(code: string, span: Span | undefined): boolean {
    return (
      code === 'bad-task' &&
      this.#tasks.some(
        (task) => ownChecks.has(task.moduleName) && span !== undefined && containsSpan(task.span, span),
      )
    );
  }

  #validated(plays: readonly TargetedPlay[], inventory: Inventory): readonly Diagnostic[] {
    const files = this.#files;
    const world = {
      mode: 'check',
      files,
      extraVars: this.#extraVars,
      env: this.#io.env,
      isOffline: true,
    } as const;
    const variables = createVariableSources({ inventory, plays, ...world });
    const request = noConnections(inventory.file, {});
    const passwords = { login: undefined, become: undefined };
    const { work, diagnostics } = prepareWork(plays, variables, request, passwords, undefined);
    const { selection, become } = request;
    const found = validateWork(work, { ...world, variables, selection, become });
    return [...variables.diagnostics, ...diagnostics, ...found];
  }
}

/** Reads all of a project with the loaders that validate and apply use. */
export const readSite = async (
  site: Site,
  files: ProjectFiles,
  extraVars: Variables,
  io: Io,
): Promise<ReadSite> => {
  const read = await new SiteReader(site, files, extraVars, io).read();
  return {
    ...read,
    diagnostics: read.diagnostics.map((diagnostic) =>
      diagnostic.span?.file.endsWith(nobodysPlaybook) === true
        ? { ...diagnostic, span: undefined }
        : diagnostic,
    ),
  };
};
