import './silence-sdk.ts';
import { ClientEvent, createClient, type MatrixClient, SyncState } from 'matrix-js-sdk';
import type { Logger } from 'matrix-js-sdk/lib/logger.js';
import type { Account } from './accounts.ts';
import type { Fetch } from './recorder.ts';

const silent: Logger = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  getChild: () => silent,
};

/** A client as people use it, without encryption; it says nothing of its own. */
export const sdkClient = (base: string, account: Account, fetchFn: Fetch): MatrixClient => {
  const { userId, deviceId, token: accessToken } = account;
  return createClient({ baseUrl: base, userId, deviceId, accessToken, fetchFn, logger: silent });
};

/** How long a client is waited for that should know something; it only ends a wait for what never comes. */
const patienceMs = 30_000;

/**
 * Resolves once something holds for a client that syncs: it is looked at now, and after each answer to a sync.
 *
 * @param what  for the error: who should know what
 * @throws Error when it does not within half a minute
 */
export const until = (client: MatrixClient, what: string, holds: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (outcome: () => void): void => {
      clearTimeout(timer);
      client.off(ClientEvent.Sync, look);
      outcome();
    };
    const look = (): void => {
      if (holds()) end(resolve);
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`${what}: not after ${patienceMs / 1000} s`))),
      patienceMs,
    );
    client.on(ClientEvent.Sync, look);
    look();
  });

/** Starts to sync and waits for the answer to the first one. */
export const startSyncing = async (client: MatrixClient): Promise<void> => {
  await client.startClient({ initialSyncLimit: 20, pollTimeout: 30_000 });
  await until(client, `${client.getSafeUserId()} has synced`, () => {
    const state = client.getSyncState();
    return state === SyncState.Prepared || state === SyncState.Syncing;
  });
};
