import { homedir, userInfo } from 'node:os';
import { resolveConnection } from '../inventory/connection.ts';
import { matchHosts } from '../inventory/match-hosts.ts';
import { readLimit } from '../inventory/read-limit.ts';
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
  request: Pick<RunRequest, 'user' | 'privateKey' | 'acceptNewHostKeys' | 'connectTimeoutMs'>,
  files: ProjectFiles,
): readonly ConnectionSettings[] => {
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
          user: request.user ?? userInfo().username,
          privateKeyFile: request.privateKey,
          acceptNewHostKeys: request.acceptNewHostKeys,
          connectTimeoutMs: request.connectTimeoutMs,
          home: homedir(),
        },
        layers,
      ),
    ];
  });
  refuseErrors([...ofLimit, ...diagnostics, ...resolved.flatMap((one) => one.diagnostics)]);
  return resolved
    .map(({ settings }) => settings)
    .filter((settings) => settings !== undefined)
    .filter(({ kind }) => kind === 'ssh');
};
