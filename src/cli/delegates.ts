import type { VariableSources } from '../engine/host-variables.ts';
import type { HostWork, RunOptions } from '../engine/run-options.ts';
import { localNames } from '../inventory/local-names.ts';
import { findHost } from '../inventory/match-hosts.ts';
import type { SshConfig } from '../inventory/ssh-config/ssh-config.ts';
import type { Host, Inventory } from '../model/host.ts';
import type { Play } from '../model/play.ts';
import { TaskFailure } from '../model/task-failure.ts';
import type { Passwords } from './passwords.ts';
import type { RunRequest } from './run-request.ts';
import { resolveAccess } from './work.ts';

/** A host that is in no inventory, by its address: it has the variables of all hosts. */
const strangerAt = (address: string, inventory: Inventory): Host => {
  const [local] = inventory.implicit.values();
  const ofAll = local?.variables.filter(({ origin }) => origin !== 'implicit localhost') ?? [];
  return { name: address, groups: [], variables: ofAll };
};

/** Who a task is delegated to: a host by its name or by its address, as in Ansible, else the machine at the address. */
const hostAt = (name: string, inventory: Inventory, addressOf: (host: Host) => string | undefined): Host => {
  const known = findHost(name, inventory);
  if (known !== undefined) return known;
  if (localNames.includes(name)) {
    const local = [...inventory.implicit.values()][0];
    if (local !== undefined) return local;
  }
  return (
    [...inventory.hosts.values()].find((host) => addressOf(host) === name) ?? strangerAt(name, inventory)
  );
};

/** How to get to the machines that tasks are delegated to. */
export const createDelegates = (
  inventory: Inventory,
  variables: VariableSources,
  request: RunRequest,
  passwords: Passwords,
  sshConfig: SshConfig,
): NonNullable<RunOptions['delegate']> => {
  const accessTo = (host: Host, play: Play) =>
    resolveAccess(host, play, variables, request, passwords, sshConfig);
  return (name, play): Pick<HostWork, 'host' | 'access'> => {
    const addressOf = (host: Host): string | undefined => accessTo(host, play).access?.settings.address;
    const host = hostAt(name, inventory, addressOf);
    const { access, diagnostics } = accessTo(host, play);
    if (access === undefined) throw new TaskFailure(diagnostics.map(({ message }) => message).join('; '));
    return { host, access };
  };
};
