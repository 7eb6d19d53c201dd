/** The child process that is all simulated hosts. Spoken to by `simulated-fleet.ts`. */
import type { KeyPair } from '../../test/hosts/keys.ts';
import type { Recording } from './recording.ts';
import { createReplay, type ReplayCount } from './replay.ts';
import { startSshServer } from './ssh-server.ts';

/** The first message to it. */
export interface FleetOrder {
  readonly recording: Recording;
  readonly loginKey: string;
  /** One a host. */
  readonly hosts: readonly { readonly address: string; readonly key: KeyPair }[];
}

/** What it says: once that it listens, then how it went, each time it is asked. */
export type FleetWord =
  | { readonly type: 'listening'; readonly port: number }
  | ({ readonly type: 'counted' } & ReplayCount);

const say = (word: FleetWord): void => void process.send?.(word);

const begin = async ({ recording, loginKey, hosts }: FleetOrder): Promise<void> => {
  const replay = createReplay(recording);
  let port = 0;
  for (const [index, { address, key }] of hosts.entries()) {
    const options = { hostKey: key.privateKey, loginKey, address, port, onExec: replay.onExecOf(index) };
    // The first host chooses a port, and all others have the same.
    port = (await startSshServer(options)).port;
  }
  process.on('message', () => say({ type: 'counted', ...replay.takeCount() }));
  say({ type: 'listening', port });
};

process.once('message', (order: FleetOrder) => void begin(order));
// Its parent is gone.
process.on('disconnect', () => process.exit());
