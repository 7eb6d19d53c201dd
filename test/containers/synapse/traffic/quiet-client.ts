import { MatrixClient } from '../matrix-client.ts';
import { freshName, makeAccounts } from './accounts.ts';
import { api, quietFilter } from './errands.ts';
import type { Homeserver } from './homeserver.ts';

/** How long the server may keep a sync waiting for news. Milliseconds; clients ask for as much. */
const longestWaitMs = 30_000;

/** What came of it. */
export interface QuietReport {
  /** Syncs that were answered or failed. */
  readonly syncs: number;
  /** Statuses other than 200, and errors. */
  readonly failed: readonly (number | string)[];
}

/**
 * Somebody to whom nothing happens: a sync of theirs waits at the server as long as it may, and so through restarts of several
 * workers.
 *
 * @returns a function that calls off the sync under way, and says what came of those before
 */
export const startQuietClient = async (homeserver: Homeserver): Promise<() => Promise<QuietReport>> => {
  const [account] = await makeAccounts(homeserver.hostOf('main'), [freshName('quiet')] as const);
  const client = new MatrixClient(homeserver.base, account);
  const path = `${api}/sync?set_presence=offline&filter=${quietFilter}`;
  const first = await client.get(`${path}&timeout=0`);
  const end = new AbortController();
  const failed: (number | string)[] = [];
  let syncs = 0;
  let since = String(first['next_batch']);
  const syncOn = async (): Promise<void> => {
    while (!end.signal.aborted) {
      try {
        const { status, body } = await client.ask(`${path}&timeout=${longestWaitMs}&since=${since}`, {
          signal: end.signal,
        });
        syncs += 1;
        if (status === 200) since = String(body['next_batch']);
        else failed.push(status);
      } catch (error) {
        if (end.signal.aborted) return;
        syncs += 1;
        failed.push(String(error));
      }
    }
  };
  const syncing = syncOn();
  return async () => {
    end.abort();
    await syncing;
    return { syncs, failed };
  };
};
