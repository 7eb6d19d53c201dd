import { dirname, resolve } from 'node:path';
import type { SystemFact } from '../facts/system.ts';
import type { Observed } from '../model/fact.ts';
import type { Addition, Host } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { Play, Role, Task } from '../model/play.ts';
import { Blocked, isUnknown, type Unknown } from '../model/unknown.ts';
import { changingMapping, createScope, type Lookups, type Scope, variables } from '../template/scope.ts';
import { LazyMapping } from '../template/values.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { type Added, addsToInventory, isKnownAddition, splitAdded } from './additions.ts';
import { withSystemFacts } from './found-facts.ts';
import type { HostResults } from './host-results.ts';
import { hostvarsLayer, type Included } from './hostvars.ts';
import { splitIncluded, varsFilesOf } from './included-variables.ts';
import { type Position, theEnd } from './position.ts';
import { systemLayer } from './system-variables.ts';

/** What the run knows about all hosts and plays, for the scopes of one host. */
export interface VariableSources {
  /** Inventory and group_vars/host_vars layers of the host as this play sees them, weakest first. */
  inventoryLayers(host: Host, play: Play): readonly Variables[];
  /** `inventory_hostname`, `groups`, `playbook_dir`, … */
  magic(host: Host, play: Play): Variables;
  /** `-e`: stronger than all. */
  readonly extra: Variables;
  /** The same with what tasks have added to the inventory, and who its hosts are then. */
  grown?(additions: readonly Addition[]): GrownSources;
  /** What templates of a play, or of a role in it, may look up: files beside them, the environment. */
  lookups?(play: Play, role: Role | undefined): Lookups;
}

/** See `VariableSources`. */
export interface GrownSources extends VariableSources {
  host(name: string): Host | undefined;
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** What tasks have set so far: `register` and `set_fact`. */
export type Dynamic = Readonly<Record<string, unknown>>;

/** Where variables of other hosts come from. */
export interface OtherVariables {
  readonly results: HostResults;
  /** Told of every value that must never be shown. */
  hide(secret: string): void;
  /** Names of the hosts that go through a `serial` play with this one. */
  readonly batch?: readonly string[] | undefined;
}

/** Where Ansible looks for files of a task: its role, the roles that use that one, the task's own folder, the playbook's. */
const searchPathOf = memoizeByObject((task: Pick<Task, 'role' | 'folder'>, { playbook }: Play): Variables => {
  const { role, folder } = task;
  const ofRoles = role === undefined ? [] : [role, ...(role.users ?? [])];
  const paths = [...ofRoles.map((one) => one.folder), folder, dirname(playbook)].map((path) => resolve(path));
  return variables('magic', { ansible_search_path: [...new Set(paths)] });
});

/** What files bring, rendered with what tasks have set. */
const includedOf = (included: readonly Variables[], base: Scope, set: Variables): Included | undefined => {
  if (included.length === 0) return undefined;
  const scope = base.with([...included, set]);
  const names = new Set(included.flatMap(({ values }) => Object.keys(values)));
  return { names, get: (name) => scope.get(name) };
};

/** Makes the scopes of one host; those of a play and role are made once. */
export class HostVariables {
  readonly #host: Host;
  readonly #sources: VariableSources;
  readonly #others: OtherVariables | undefined;
  readonly #bases = new Map<Variables | undefined, Map<Play, Map<Role | undefined, Scope>>>();
  /** The host as its tasks have put it in groups, by what they have added. */
  readonly #grown = new Map<string, HostVariables>();
  /** As the plays have it that there is a base for. */
  readonly #hostvarsOfInventory = new Map<Play, LazyMapping>();
  #system: Observed<SystemFact> | undefined;

  /** @param others  undefined: `hostvars` has the variables of the inventory only */
  constructor(host: Host, sources: VariableSources, others?: OtherVariables) {
    this.#host = host;
    this.#sources = sources;
    this.#others = others;
  }

  get hasSystemFacts(): boolean {
    return this.#system !== undefined;
  }

  setSystemFacts(fact: Observed<SystemFact>): void {
    if (this.#system !== undefined && !isUnknown(this.#system)) return;
    this.#system = fact;
    this.#bases.clear();
    this.#grown.clear();
  }

  /** With what tasks of the host have added to the inventory by now. Groups it is in so hold at once, and their variables. */
  #grownBy(added: Added): HostVariables {
    const additions = added.filter(isKnownAddition);
    if (additions.length === 0 || this.#sources.grown === undefined) return this;
    const key = JSON.stringify(additions);
    const known = this.#grown.get(key);
    if (known !== undefined) return known;
    const sources = this.#sources.grown(additions);
    const grown = new HostVariables(sources.host(this.#host.name) ?? this.#host, sources, this.#others);
    if (this.#system !== undefined) grown.setSystemFacts(this.#system);
    this.#grown.set(key, grown);
    return grown;
  }

  /** `groups`, with what tasks of all hosts have added before. */
  #groups(play: Play, added: Added, at: Position): readonly Variables[] {
    const { grown } = this.#sources;
    if (grown === undefined || this.#others === undefined) return [];
    const { results } = this.#others;
    const groups = (): GrownSources['groups'] => {
      const all = results.addedIn(play, at, { host: this.#host.name, added });
      const open = all.find(isUnknown);
      if (open !== undefined) throw new Blocked((open as Unknown).because);
      return grown(all.filter(isKnownAddition)).groups;
    };
    const mapping = changingMapping(
      (name) => groups().get(name),
      () => groups().keys(),
      () => undefined,
    );
    const open = added.find(isUnknown);
    return [variables('magic', { groups: mapping, ...(open === undefined ? {} : { group_names: open }) })];
  }

  /** @param late  files of the play's `vars_files` that tasks have read */
  #base(play: Play, role: Role | undefined, late: readonly Variables[] = []): Scope {
    // Tasks read them one after another: the last one tells which there are.
    const bases = this.#bases.get(late.at(-1)) ?? new Map<Play, Map<Role | undefined, Scope>>();
    this.#bases.set(late.at(-1), bases);
    const ofPlay = bases.get(play) ?? new Map<Role | undefined, Scope>();
    bases.set(play, ofPlay);
    const known = ofPlay.get(role);
    if (known !== undefined) return known;
    const magic = this.#sources.magic(this.#host, play);
    const hostvars = magic.values['hostvars'];
    if (hostvars instanceof LazyMapping) this.#hostvarsOfInventory.set(play, hostvars);
    const exporting = play.roles.filter(({ isPublic }) => isPublic);
    const layers = [
      ...exporting.map(({ defaults }) => defaults),
      ...(role === undefined ? [] : [role.defaults]),
      ...this.#sources.inventoryLayers(this.#host, play),
      systemLayer(this.#system),
      play.vars,
      ...play.varsFiles,
      ...late,
      ...exporting.map(({ exports }) => exports),
      ...(role === undefined ? [] : [role.vars]),
      magic,
      ...(this.#others?.batch === undefined
        ? []
        : [variables('magic', { ansible_play_batch: this.#others.batch, play_hosts: this.#others.batch })]),
      ...(role === undefined
        ? []
        : [
            variables('role', {
              role_name: role.name,
              role_path: resolve(role.folder),
              ansible_role_name: role.name,
              ansible_parent_role_names: role.users?.map(({ name }) => name) ?? [],
              ansible_parent_role_paths: role.users?.map(({ folder }) => resolve(folder)) ?? [],
            }),
          ]),
    ];
    const scope = createScope(layers, {
      lookups: this.#sources.lookups?.(play, role),
      truthy: role?.truthy ?? play.truthy,
    });
    ofPlay.set(role, scope);
    return scope;
  }

  /** `hostvars`, with what other hosts have told by now. NOTE: in no base, since those are kept. */
  #hostvars(
    play: Play,
    dynamic: Dynamic,
    at: Position,
    included: Included | undefined,
  ): readonly Variables[] {
    const inventory = this.#hostvarsOfInventory.get(play);
    if (this.#others === undefined || inventory === undefined) return [];
    const { results, hide } = this.#others;
    const own = (): Dynamic => ({ ...systemLayer(this.#system).values, ...dynamic });
    const reader = { host: this.#host.name, at, own, included, hide };
    return [hostvarsLayer(inventory, results, this.#sources.extra, reader)];
  }

  /**
   * Variables as a task sees them.
   *
   * @param include  variables of an include's loop
   * @param at       where the task stands: what others have set before it is seen
   */
  scope(
    play: Play,
    task: Pick<Task, 'vars' | 'includeVars' | 'role'> & Partial<Pick<Task, 'folder'>>,
    dynamic: Dynamic,
    include: Dynamic,
    at: Position = theEnd,
  ): Scope {
    const { set: all, included } = splitIncluded(dynamic);
    const { set, added } = splitAdded(all);
    // What was added in plays before is in the inventory of this one already.
    const adds = addsToInventory(play);
    const now = adds ? this.#grownBy(added) : this;
    const base = now.#base(play, task.role, varsFilesOf(dynamic, play));
    const ofTasks = variables('register', withSystemFacts(set, this.#system));
    return base.with([
      ...(task.folder === undefined ? [] : [searchPathOf(task as Pick<Task, 'role' | 'folder'>, play)]),
      ...task.vars,
      ...included,
      ofTasks,
      ...(task.role === undefined ? [] : [task.role.params]),
      ...task.includeVars,
      variables('include', include),
      ...now.#hostvars(play, set, at, includedOf(included, base, ofTasks)),
      ...(adds ? this.#groups(play, added, at) : []),
      this.#sources.extra,
    ]);
  }

  /** Variables as a play sees them, before any task. */
  playScope(play: Play): Scope {
    return this.#base(play, undefined).with([this.#sources.extra]);
  }
}
