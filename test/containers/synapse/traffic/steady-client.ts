import { freshName, makeUnlimitedAccounts } from './accounts.ts';
import type { Homeserver } from './homeserver.ts';
import { Load, type SteadyClient, type SteadyOptions } from './load.ts';
import { accessLines } from './logs.ts';
import { Recorder } from './recorder.ts';
import { askForShares, namesForAll } from './shares.ts';

export type { Errand, SteadyClient, SteadyOptions, SteadyReport } from './load.ts';

/**
 * Starts users who send messages into one room, wait for each other's with syncs that stay open, and run errands, all the
 * time. A request that fails is sent again like clients do, with the same transaction identifier, so that a message may
 * come late, but must neither be lost nor come twice.
 *
 * Before it returns, the names of the users are chosen such that each sync worker has some of them; that takes up to five
 * seconds, since it is found out from the logs.
 */
export const startSteadyClient = async (
  homeserver: Homeserver,
  options: SteadyOptions = {},
): Promise<SteadyClient> => {
  const { users = 6 } = options;
  const names = await chooseNames(homeserver, users);
  const accounts = await makeUnlimitedAccounts(homeserver.hostOf('main'), names);
  return Load.start(homeserver.base, accounts, options);
};

const chooseNames = async (homeserver: Homeserver, users: number): Promise<readonly string[]> => {
  const recorder = new Recorder();
  const { base, layout } = homeserver;
  const candidates = await askForShares(base, layout, recorder);
  const lines = await accessLines(homeserver, recorder);
  const names = namesForAll(users, candidates, layout, recorder, lines);
  const missing = Math.max(0, users - names.length);
  return [...names, ...Array.from({ length: missing }, () => freshName('steady'))];
};
