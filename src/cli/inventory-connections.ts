import { homedir, userInfo } from 'node:os';
import { resolveConnection } from '../inventory/connection.ts';
import { matchHosts } from '../inventory/match-hosts.ts';
import { readLimit } from '../inventory/read-limit.ts';
import type { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Variables } from '../model/located.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { ConnectionSettings } from '../model/transport.ts';
import { createScope } from '../template/scope.ts';
import { readInventory, refuseErrors } from './load-project.ts';
import type { RunRequest } from './run-request.ts';

/** The ways to the hosts of an inventory, local ones left out. @throws DiagnosticError */
export const connectionsOf = (
  path: string,
  limit: string | undefined,
  extraVars: Variables,
  request: Pick<
    RunRequest,
    'user' | 'privateKey' | 'acceptNewHostKeys' | 'connectTimeoutMs' | 'sshConfigFile'
  >,
  files: ProjectFiles,
  sshConfig: SshConfig,
): { readonly settings: readonly ConnectionSettings[]; readonly warnings: readonly Diagnostic[] } => {
  const { inventory } = readInventory(path, files);
  const { pattern = 'all', diagnostics: ofLimit } = readLimit(limit, files);
  const { hosts, diagnostics } = matchHosts(pattern, inventory);
  const resolved = hosts.flatMap((name) => {
    const host = inventory.hosts.get(name);
    if (host === undefined) return [];
    const layers = [...host.variables, extraVars];
    return [
      resolveConnection(
        name,
        createScope(layers),
        {
          user: request.user,
          localUser: userInfo().username,
          sshConfig,
          sshConfigFile: request.sshConfigFile,
          privateKeyFile: request.privateKey,
          acceptNewHostKeys: request.acceptNewHostKeys,
          connectTimeoutMs: request.connectTimeoutMs,
          home: homedir(),
        },
        layers,
      ),
    ];
  });
  const warnings = refuseErrors([...ofLimit, ...diagnostics, ...resolved.flatMap((one) => one.diagnostics)]);
  const settings = resolved.map((one) => one.settings).filter((one) => one !== undefined);
  return { settings: settings.filter(({ kind }) => kind === 'ssh'), warnings };
};
