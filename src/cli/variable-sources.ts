import { dirname, resolve } from 'node:path';
import type { GrownSources, VariableSources } from '../engine/host-variables.ts';
import { findHost } from '../inventory/match-hosts.ts';
import { playbookGroupVars } from '../inventory/playbook-group-vars.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Addition, Host, Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { createScope, variables } from '../template/scope.ts';
import { LazyMapping } from '../template/values.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import type { TargetedPlay } from './load-project.ts';
import { createLookups } from './lookups.ts';

export interface SourcesRequest {
  readonly inventory: Inventory;
  readonly plays: readonly TargetedPlay[];
  readonly files: ProjectFiles;
  readonly extraVars: Variables;
  readonly mode: 'apply' | 'check';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of a command that contacts nobody. */
  readonly isOffline?: boolean;
}

/** Up to the first dot; an address is not cut. */
const shortName = (name: string): string =>
  /^(?:\d+\.){3}\d+$/.test(name) || name.includes(':') ? name : (name.split('.')[0] ?? name);

/** Magic variables of all hosts of a play: the same values for each, however many there are. */
const magicOfPlay = ({ inventory, plays, mode }: SourcesRequest, play: Play) => {
  const hostsOfPlay = plays.find((one) => one.play === play)?.hosts.map(({ name }) => name) ?? [];
  return {
    inventory_file: resolve(inventory.file),
    inventory_dir: resolve(inventory.folder),
    playbook_dir: resolve(dirname(play.playbook)),
    groups: Object.fromEntries([...inventory.groups].map(([name, hosts]) => [name, [...hosts]])),
    ansible_play_hosts: hostsOfPlay,
    ansible_play_hosts_all: hostsOfPlay,
    ansible_play_batch: hostsOfPlay,
    ansible_play_name: play.name,
    play_hosts: hostsOfPlay,
    ansible_play_role_names: [...new Set(play.roles.map(({ name }) => name))],
    ansible_role_names: [...new Set(play.roles.map(({ name }) => name))],
    role_names: [...new Set(play.roles.map(({ name }) => name))],
    ansible_verbosity: 0,
    ansible_forks: 5,
    ansible_check_mode: mode === 'check',
    ansible_diff_mode: true,
    ansible_managed: 'Ansible managed',
    ansible_version: { full: '2.18.0', major: 2, minor: 18, revision: 0, string: '2.18.0' },
  };
};

/** Variables that Ansible calls magic: nobody sets them, and everybody may use them. */
const magicOf = (host: Host, ofPlay: Readonly<Record<string, unknown>>): Variables =>
  variables('magic', {
    ...ofPlay,
    inventory_hostname: host.name,
    inventory_hostname_short: shortName(host.name),
    group_names: host.groups.toSorted(),
  });

/** What holds where nobody says anything else. */
const usual = variables('defaults of connections', { ansible_connection: 'ssh' });

/** Variables of every host as `hostvars` has them; a host's are made when somebody asks for it. */
const hostVarsOf = (
  request: SourcesRequest,
  play: Play,
  ofPlay: Readonly<Record<string, unknown>>,
  layersOf: VariableSources['inventoryLayers'],
): LazyMapping => {
  const make = (host: Host): LazyMapping => {
    const layers = layersOf(host, play);
    const scope = createScope([...layers, magicOf(host, ofPlay), request.extraVars]);
    const names = new Set(layers.flatMap(({ values }) => Object.keys(values)));
    return new LazyMapping(
      (variable) => scope.get(variable),
      () => [...names, 'inventory_hostname', 'group_names'],
    );
  };
  // Where all hosts read from all, each is asked for a thousand times.
  const known = new Map<string, LazyMapping>();
  const get = (name: string): LazyMapping | undefined => {
    const host = request.inventory.hosts.get(name);
    if (host === undefined) return undefined;
    const made = known.get(name) ?? make(host);
    known.set(name, made);
    return made;
  };
  return new LazyMapping(get, () => request.inventory.hosts.keys());
};

/** What is made of values that are alike as JSON is made once. */
const memoizeByText = <T, R>(make: (value: T) => R): ((value: T) => R) => {
  const made = new Map<string, R>();
  return (value) => {
    const key = JSON.stringify(value);
    const known = made.get(key) ?? make(value);
    made.set(key, known);
    return known;
  };
};

/** What the engine asks about variables, answered from inventory, playbooks and command line. */
export const createVariableSources = (
  request: SourcesRequest,
): VariableSources & { readonly diagnostics: readonly Diagnostic[] } => {
  const { files, env, extraVars, inventory } = request;
  const playbooks = [...new Set(request.plays.map(({ play }) => play.playbook))];
  const beside = new Map(playbooks.map((path) => [path, playbookGroupVars(path, inventory, files)]));
  const layersOf = (host: Host, play: Play): readonly Variables[] => [
    usual,
    ...(beside.get(play.playbook)?.layersOf(host) ?? host.variables),
  ];
  const magicOfPlays = memoizeByObject((play: Play) => {
    const ofPlay = magicOfPlay(request, play);
    return { ...ofPlay, hostvars: hostVarsOf(request, play, ofPlay, layersOf) };
  });
  return {
    diagnostics: [...beside.values()].flatMap(({ diagnostics }) => diagnostics),
    extra: extraVars,
    inventoryLayers: layersOf,
    magic: (host, play) => magicOf(host, magicOfPlays(play)),
    grown: memoizeByText((additions: readonly Addition[]): GrownSources => {
      const grown = inventory.with(additions);
      const sources = createVariableSources({ ...request, inventory: grown });
      return { ...sources, host: (name) => findHost(name, grown), groups: grown.groups };
    }),
    lookups: createLookups(files, env, { mode: request.isOffline === true ? 'offline' : request.mode }),
  };
};
