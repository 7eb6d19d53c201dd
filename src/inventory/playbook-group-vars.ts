import { dirname, normalize } from 'node:path';
import { Problems } from '../language/problems.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { ProjectFiles } from '../model/project.ts';
import { ranked, sortByRank } from './ranked-variables.ts';
import { VariablesFolder } from './vars-files.ts';

export interface PlaybookVariables {
  /** All variables of the host, weakest first: those of the inventory with those beside the playbook among them. */
  layersOf(host: Host): readonly Variables[];
  /** Everything is read at once, so that mistakes are known before a host is contacted. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Variables of hosts with the `group_vars/` and `host_vars/` beside a playbook. Of the same kind, those beside the
 * playbook are stronger than those beside the inventory; a file of a host always beats one of a group.
 */
export const playbookGroupVars = (
  playbook: string,
  inventory: Inventory,
  files: ProjectFiles,
): PlaybookVariables => {
  const problems = new Problems();
  const folder = dirname(playbook);
  if (normalize(folder) === normalize(inventory.folder)) {
    return { layersOf: ({ variables }) => variables, diagnostics: [] };
  }
  const beside = new VariablesFolder(folder, files, problems);
  const layersOf = ({ name, groups, variables }: Host): readonly Variables[] => {
    const added = [
      ...beside.read('group_vars', 'all').map((layer) => ranked('playbook group_vars/all', layer)),
      ...groups.flatMap((group) =>
        beside.read('group_vars', group).map((layer) => ranked('playbook group_vars', layer)),
      ),
      ...beside.read('host_vars', name).map((layer) => ranked('playbook host_vars', layer)),
    ];
    return added.length === 0 ? variables : sortByRank([...variables, ...added]);
  };
  const hosts = [...inventory.hosts.values(), ...inventory.implicit.values()];
  const known = new Map(hosts.map((host) => [host, layersOf(host)]));
  return { layersOf: (host) => known.get(host) ?? layersOf(host), diagnostics: problems.all };
};
