import { matchHosts } from '../inventory/match-hosts.ts';
import { readLimit } from '../inventory/read-limit.ts';
import type { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import { loadPlaybook } from '../language/load-playbook.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { ConnectionSettings } from '../model/transport.ts';
import { modules } from '../modules/index.ts';
import { readInventory, refuseErrors } from './load-project.ts';
import { createVariableSources } from './variable-sources.ts';
import { virtualPlaybook, withVirtualPlaybook } from './virtual-playbook.ts';
import { type AccessRequest, resolveAccess } from './work.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A play of all hosts without a task, in the folder of the inventory's first playbook, else in that of the command. */
const emptyPlay = ({ playbooks }: Inventory, files: ProjectFiles): Play => {
  const playbook = withVirtualPlaybook(files, '[{ "hosts": "all" }]');
  const [play] = loadPlaybook(virtualPlaybook, { files: playbook, registry: modules }).plays;
  if (play === undefined) throw new Error('the play of all hosts was not read');
  return { ...play, playbook: playbooks[0] ?? virtualPlaybook };
};

/** Nobody logs in, so no password is wanted. */
const noPasswords = { login: undefined, become: undefined };

/**
 * The ways to the hosts of an inventory, local ones left out, by the variables that a play would see.
 *
 * @throws DiagnosticError
 */
export const connectionsOf = (
  limit: string | undefined,
  extraVars: Variables,
  request: AccessRequest,
  files: ProjectFiles,
  sshConfig: SshConfig,
  env: Environment,
): { readonly settings: readonly ConnectionSettings[]; readonly warnings: readonly Diagnostic[] } => {
  const { inventory } = readInventory(request.inventory, files);
  const { pattern = 'all', diagnostics: ofLimit } = readLimit(limit, files);
  const { hosts: names, diagnostics } = matchHosts(pattern, inventory);
  const play = emptyPlay(inventory, files);
  const hosts = names.map((name) => inventory.hosts.get(name)).filter((host) => host !== undefined);
  const plays = [{ play, hosts: [...inventory.hosts.values()] }];
  const variables = createVariableSources({ inventory, plays, files, extraVars, mode: 'check', env });
  const resolved = hosts.map((host) => resolveAccess(host, play, variables, request, noPasswords, sshConfig));
  const warnings = refuseErrors([
    ...ofLimit,
    ...diagnostics,
    ...variables.diagnostics,
    ...resolved.flatMap((one) => one.diagnostics),
  ]);
  const settings = resolved.map(({ access }) => access?.settings).filter((one) => one !== undefined);
  return { settings: settings.filter(({ kind }) => kind === 'ssh'), warnings };
};
