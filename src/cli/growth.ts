import type { VariableSources } from '../engine/host-variables.ts';
import type { GrownRun, RunOptions } from '../engine/run-options.ts';
import type { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import type { Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import { createDelegates } from './delegates.ts';
import { createHostFinder, type Project, type TargetedPlay, targetPlay } from './load-project.ts';
import type { Passwords } from './passwords.ts';
import type { RunRequest } from './run-request.ts';
import { prepareWork } from './work.ts';

/** What a run was read and is run with. */
export interface GrowthRequest {
  readonly project: Pick<Project, 'inventory' | 'plays' | 'limit'>;
  readonly extraVars: Variables;
  readonly runRequest: RunRequest;
  readonly passwords: Passwords;
  readonly sshConfig: SshConfig;
  variablesOf(world: {
    readonly inventory: Inventory;
    readonly plays: readonly TargetedPlay[];
  }): VariableSources;
}

/** Who is in the plays to come, once tasks have put hosts in groups or added some, and how to get to them. */
export const createGrowth = ({
  project,
  extraVars,
  runRequest,
  passwords,
  sshConfig,
  variablesOf,
}: GrowthRequest): NonNullable<RunOptions['grow']> => {
  let { plays } = project;
  return (additions, from): GrownRun => {
    const inventory = project.inventory.with(additions);
    const hostOf = createHostFinder(inventory);
    const request = { limit: project.limit, extraVars };
    plays = plays.map(({ play, hosts }, index) =>
      index < from
        ? { play, hosts: hosts.map((host) => hostOf(host.name) ?? host) }
        : targetPlay(play, inventory, request, hostOf, () => true).targeted,
    );
    const variables = variablesOf({ inventory, plays });
    const { work, refused } = prepareWork(plays, variables, runRequest, passwords, sshConfig);
    const delegate = createDelegates(inventory, variables, runRequest, passwords, sshConfig);
    return { work, variables, delegate, refused };
  };
};
