import type { SystemFact } from '../facts/system.ts';
import type { Observed } from '../model/fact.ts';
import type { Host } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { Play, Role, Task } from '../model/play.ts';
import { isUnknown, unknown } from '../model/unknown.ts';
import { createScope, type Lookups, type Scope, variables } from '../template/scope.ts';

/** What the run knows about all hosts and plays, for the scopes of one host. */
export interface VariableSources {
  /** Inventory and group_vars/host_vars layers of the host as this play sees them, weakest first. */
  inventoryLayers(host: Host, play: Play): readonly Variables[];
  /** `inventory_hostname`, `groups`, `playbook_dir`, … */
  magic(host: Host, play: Play): Variables;
  /** `-e`: stronger than all. */
  readonly extra: Variables;
  /** What templates of a play, or of a role in it, may look up: files beside them, the environment. */
  lookups?(play: Play, role: Role | undefined): Lookups;
}

/** Why a system fact cannot be told yet; the engine looks for it when it meets this. */
export const systemFactsLater = 'the facts of the host';

/** Names that a play may use without anyone having set them. */
const systemFactNames = [
  'distribution',
  'distribution_release',
  'distribution_version',
  'distribution_major_version',
  'os_family',
  'system',
  'kernel',
  'machine',
  'architecture',
  'debian_architecture',
  'nodename',
  'hostname',
  'fqdn',
  'domain',
  'processor_vcpus',
  'processor_count',
  'processor_nproc',
  'memtotal_mb',
  'memfree_mb',
  'swaptotal_mb',
  'service_mgr',
  'pkg_mgr',
  'default_ipv4',
  'user_id',
  'user_uid',
  'virtualization_type',
] as const;

/** The same for all hosts, so that what is made of it is. */
const unseenSystem = ((): Variables => {
  const later = unknown(systemFactsLater);
  const names = systemFactNames.map((name) => [`ansible_${name}`, later]);
  return variables('facts', { ansible_facts: later, ...Object.fromEntries(names) });
})();

const systemLayer = (fact: Observed<SystemFact> | undefined): Variables => {
  if (fact === undefined || fact === 'absent' || !(typeof fact === 'object')) return unseenSystem;
  const known = Object.entries(fact as SystemFact);
  return variables('facts', {
    ansible_facts: fact,
    ...Object.fromEntries(known.map(([name, value]) => [`ansible_${name}`, value])),
  });
};

/** What tasks have set so far: `register` and `set_fact`. */
export type Dynamic = Readonly<Record<string, unknown>>;

/** Makes the scopes of one host; those of a play and role are made once. */
export class HostVariables {
  readonly #host: Host;
  readonly #sources: VariableSources;
  readonly #bases = new Map<Play, Map<Role | undefined, Scope>>();
  #system: Observed<SystemFact> | undefined;

  constructor(host: Host, sources: VariableSources) {
    this.#host = host;
    this.#sources = sources;
  }

  get hasSystemFacts(): boolean {
    return this.#system !== undefined;
  }

  setSystemFacts(fact: Observed<SystemFact>): void {
    if (this.#system !== undefined && !isUnknown(this.#system)) return;
    this.#system = fact;
    this.#bases.clear();
  }

  #base(play: Play, role: Role | undefined): Scope {
    const ofPlay = this.#bases.get(play) ?? new Map<Role | undefined, Scope>();
    this.#bases.set(play, ofPlay);
    const known = ofPlay.get(role);
    if (known !== undefined) return known;
    const exporting = play.roles.filter(({ isPublic }) => isPublic);
    const layers = [
      ...exporting.map(({ defaults }) => defaults),
      ...(role === undefined ? [] : [role.defaults]),
      ...this.#sources.inventoryLayers(this.#host, play),
      systemLayer(this.#system),
      play.vars,
      ...play.varsFiles,
      ...exporting.map(({ exports }) => exports),
      ...(role === undefined ? [] : [role.vars]),
      this.#sources.magic(this.#host, play),
      ...(role === undefined
        ? []
        : [
            variables('role', { role_name: role.name, role_path: role.folder, ansible_role_name: role.name }),
          ]),
    ];
    const scope = createScope(layers, { lookups: this.#sources.lookups?.(play, role), truthy: play.truthy });
    ofPlay.set(role, scope);
    return scope;
  }

  /** Variables as a task sees them. */
  scope(
    play: Play,
    task: Pick<Task, 'vars' | 'includeVars' | 'role'>,
    dynamic: Dynamic,
    include: Dynamic,
  ): Scope {
    return this.#base(play, task.role).with([
      ...task.vars,
      variables('register', dynamic),
      ...(task.role === undefined ? [] : [task.role.params]),
      ...task.includeVars,
      variables('include', include),
      this.#sources.extra,
    ]);
  }

  /** Variables as a play sees them, before any task. */
  playScope(play: Play): Scope {
    return this.#base(play, undefined).with([this.#sources.extra]);
  }
}
