import { MatrixClient, type Request } from '../matrix-client.ts';
import type { AccessLine } from './access-lines.ts';
import { freshName } from './accounts.ts';
import type { Recorder } from './recorder.ts';
import { addresseeOf, type Layout, processesOf } from './serving-process.ts';

/** A request of each kind that several workers may share. */
const samples: Readonly<Record<string, readonly [path: string, request?: Request]>> = {
  initial_sync: ['/_matrix/client/v3/sync?timeout=0'],
  normal_sync: ['/_matrix/client/v3/sync?timeout=0&since=s1'],
  login: ['/_matrix/client/v3/login'],
  mediaworker: ['/_matrix/client/v1/media/config'],
  userdir: ['/_matrix/client/v3/user_directory/search', { method: 'POST', body: { search_term: 'x' } }],
  receipts: ['/_matrix/client/v3/rooms/!x/receipt/m.read/$y', { method: 'POST', body: {} }],
};

/** Kinds that several workers do share. */
const sharedKinds = (layout: Layout): readonly string[] =>
  Object.keys(samples).filter((kind) => processesOf(kind, layout).length > 1);

/**
 * A token as Synapse makes them for a user of this name, which none has. It is good for one thing: nginx chooses the sync
 * worker by the name in it, and that worker refuses it and writes that down.
 */
const tokenLike = (name: string): string =>
  `syt_${Buffer.from(name).toString('base64').replaceAll('=', '')}_none_000000`;

/**
 * Asks something of each kind that several workers share, in the name of many users that there are not, so that each worker
 * gets some: with 16 names a worker, one in a million times it does not.
 *
 * @returns the names
 */
export const askForShares = async (
  base: string,
  layout: Layout,
  recorder: Recorder,
): Promise<readonly string[]> => {
  recorder.begin('many who are not there ask');
  const kinds = sharedKinds(layout);
  const most = Math.max(0, ...kinds.map((kind) => processesOf(kind, layout).length));
  const names = Array.from({ length: 16 * most }, () => freshName('someone'));
  const ask = (name: string, [path, request]: readonly [string, Request?]) => {
    const login = { token: tokenLike(name), userId: name };
    return new MatrixClient(base, login, recorder.fetchAs(name)).ask(path, request);
  };
  for (const kind of kinds) {
    const sample = samples[kind];
    if (sample !== undefined) await Promise.all(names.map((name) => ask(name, sample)));
  }
  return names;
};

/** Whose requests of a kind each process served: process → names. */
const sharesOf = (
  names: ReadonlySet<string>,
  kind: string,
  recorder: Recorder,
  lines: readonly AccessLine[],
): ReadonlyMap<string, readonly string[]> => {
  const users = new Map(
    recorder.requests
      .filter(({ user, target }) => names.has(user) && addresseeOf(target) === kind)
      .map(({ agent, user }) => [agent, user]),
  );
  const shares = new Map<string, string[]>();
  for (const { agent, process } of lines) {
    const user = users.get(agent);
    if (user !== undefined) shares.set(process, [...(shares.get(process) ?? []), user]);
  }
  return shares;
};

/** Workers that others of their kind leave nothing to do, a line each. */
export const idleWorkers = (
  names: readonly string[],
  layout: Layout,
  recorder: Recorder,
  lines: readonly AccessLine[],
): readonly string[] =>
  sharedKinds(layout).flatMap((kind) => {
    const shares = sharesOf(new Set(names), kind, recorder, lines);
    return processesOf(kind, layout)
      .filter((process) => !shares.has(process))
      .map((process) => `of ${names.length} requests of the kind ${kind} none is sent to ${process}`);
  });

/**
 * Names of users, of whom each sync worker of each kind serves one at least.
 *
 * @param count  how many; more come when that is not enough
 */
export const namesForAll = (
  count: number,
  names: readonly string[],
  layout: Layout,
  recorder: Recorder,
  lines: readonly AccessLine[],
): readonly string[] => {
  const syncs = sharedKinds(layout).filter((kind) => kind.endsWith('_sync'));
  const needed = syncs.flatMap((kind) =>
    [...sharesOf(new Set(names), kind, recorder, lines).values()].flatMap((share) => share.slice(0, 1)),
  );
  return [...new Set([...needed, ...names])].slice(0, Math.max(count, new Set(needed).size));
};
