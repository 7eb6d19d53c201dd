import { randomBytes } from 'node:crypto';
import { docker } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { ownerId, ownerLabel, startReaper } from './reaper.ts';

/** A network that only the hosts in it are in, as rented machines have one beside the internet. `await using` removes it. */
export interface PrivateNetwork extends AsyncDisposable {
  readonly name: string;
}

/** Makes a network; hosts are put into it by `HostOptions.network`. Those have to be gone before it is. */
export async function startPrivateNetwork(): Promise<PrivateNetwork> {
  await ensureEngine();
  startReaper();
  const name = `syn-net-${randomBytes(4).toString('hex')}`;
  await docker(['network', 'create', '--internal', '--label', `${ownerLabel}=${ownerId}`, name]);
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await docker(['network', 'rm', name]);
    },
  };
}

/** Puts a running host into the network. @returns its address there */
export async function joinPrivateNetwork(network: string, host: string): Promise<string> {
  await docker(['network', 'connect', network, host]);
  return privateAddressOf(network, host);
}

/** The address that a host has in the network. */
export function privateAddressOf(network: string, host: string): Promise<string> {
  return docker([
    'inspect',
    '--format',
    `{{ (index .NetworkSettings.Networks "${network}").IPAddress }}`,
    host,
  ]);
}
