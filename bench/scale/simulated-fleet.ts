import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKeyPair } from '../../test/hosts/keys.ts';
import type { FleetOrder, FleetWord } from './fleet-process.ts';
import type { Recording } from './recording.ts';
import type { ReplayCount } from './replay.ts';
import { scaleInventory } from './scale-inventory.ts';

/** Hosts of one process, each with an address and a key of its own. */
export interface SimulatedFleet extends AsyncDisposable {
  /** Writes an inventory of the first hosts. @returns its path */
  inventory(hosts: number): Promise<string>;
  /** What became of them since it was last asked. */
  takeCount(): Promise<ReplayCount>;
}

/** All of 127.0.0.0/8 is this machine's on Linux. @param index  from 0 to 64999 */
const addressOf = (index: number): string => `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;

const nameOf = (index: number): string => `host${String(index).padStart(4, '0')}`;

/**
 * Starts the simulated hosts.
 *
 * @param folder  for inventories, keys and known_hosts
 */
export const startFleet = async (
  recording: Recording,
  { hosts: count, folder }: { readonly hosts: number; readonly folder: string },
): Promise<SimulatedFleet> => {
  const login = makeKeyPair();
  const keyFile = join(folder, 'login-key');
  await writeFile(keyFile, login.privateKey, { mode: 0o600 });
  const hosts = Array.from({ length: count }, (_, index) => ({
    name: nameOf(index),
    address: addressOf(index),
    key: makeKeyPair(),
  }));
  const child = fork(join(import.meta.dirname, 'fleet-process.ts'), { serialization: 'advanced' });
  const exited = once(child, 'exit');
  const next = async (): Promise<FleetWord> => {
    const ended = exited.then(() => Promise.reject(new Error('the simulated hosts have ended')));
    const [word] = (await Promise.race([once(child, 'message'), ended])) as [FleetWord];
    return word;
  };
  const order: FleetOrder = { recording, loginKey: login.publicKey, hosts };
  child.send(order);
  const first = await next();
  if (first.type !== 'listening') throw new Error('the simulated hosts do not listen');
  const { port } = first;
  const knownHosts = join(folder, 'known_hosts');
  // As a user has them: all hosts in one file.
  const lines = hosts.map(({ address, key }) => `[${address}]:${port} ${key.publicKey}\n`);
  await writeFile(knownHosts, lines.join(''));
  return {
    async inventory(some) {
      const file = join(folder, `inventory-${some}.yaml`);
      await writeFile(file, scaleInventory(hosts.slice(0, some), { port, keyFile, knownHosts }));
      return file;
    },
    async takeCount() {
      child.send('count');
      const word = await next();
      if (word.type !== 'counted') throw new Error(`not a count: ${word.type}`);
      return word;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
};
