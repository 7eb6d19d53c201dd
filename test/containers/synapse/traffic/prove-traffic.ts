import { MatrixClient } from '../matrix-client.ts';
import { type Account, freshName, makeAccounts } from './accounts.ts';
import { type Cast, exchangeMedia, keepSettings, lookAround, meet, talk } from './conversation.ts';
import type { Homeserver } from './homeserver.ts';
import { proveLogout } from './logout.ts';
import { accessLines } from './logs.ts';
import { sdkClient, startSyncing } from './matrix-sdk.ts';
import { misrouted, unasked } from './misrouted.ts';
import { askPlainly } from './plain-requests.ts';
import { Recorder } from './recorder.ts';
import { askForShares, idleWorkers } from './shares.ts';

/** What was proved. */
export interface TrafficProof {
  /** Requests that were sent and answered, each looked up in the logs. */
  readonly requests: number;
  /** How many of them each process served. */
  readonly servedBy: Readonly<Record<string, number>>;
  /** False when the address had logged in too often before, and was told so. */
  readonly loggedIn: boolean;
  /** How long the requests took, and how long it took until all of them were in the logs. */
  readonly ms: { readonly traffic: number; readonly logs: number };
}

/**
 * Talks to a homeserver as two people do, through nginx only, and proves that everything arrives; then proves from the logs of
 * all processes that each request was served by the process it is meant for, once, and none with a 5xx.
 *
 * New users each time: it may be called as often as you like on the same server. What Synapse keeps from those that come
 * too fast is not overdone, apart from logins: five in a row for each address, then one in five and a half minutes. One is tried
 * each time, and what is said then is `loggedIn`.
 *
 * @throws Error that names all requests that went astray, and what did not arrive
 */
export const proveTraffic = async (homeserver: Homeserver): Promise<TrafficProof> => {
  const recorder = new Recorder();
  const { layout } = homeserver;
  const startedAt = performance.now();
  const names = await askForShares(homeserver.base, layout, recorder);
  const outcome = await useServer(homeserver, recorder).catch((error: unknown) => ({ error }));
  const answeredAt = performance.now();
  const lines = await accessLines(homeserver, recorder);
  const faults = [
    ...('error' in outcome ? [messageOf(outcome.error)] : unasked(recorder.requests, layout)),
    ...misrouted(recorder.requests, lines, layout),
    ...idleWorkers(names, layout, recorder, lines),
  ];
  if (faults.length > 0)
    throw new Error(`traffic went astray:\n${faults.join('\n')}`, {
      ...('error' in outcome ? { cause: outcome.error } : {}),
    });
  const servedBy: Record<string, number> = {};
  for (const { process } of lines) servedBy[process] = (servedBy[process] ?? 0) + 1;
  const requests = recorder.requests.filter(({ status }) => status !== undefined).length;
  return {
    requests,
    servedBy,
    loggedIn: 'loggedIn' in outcome && outcome.loggedIn,
    ms: {
      traffic: Math.round(answeredAt - startedAt),
      logs: Math.round(performance.now() - answeredAt),
    },
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const useServer = async (
  { base, hostOf }: Homeserver,
  recorder: Recorder,
): Promise<{ readonly loggedIn: boolean }> => {
  const [alice, bob] = await makeAccounts(hostOf('main'), [freshName('alice'), freshName('bob')] as const);
  const second = await logIn(base, bob, recorder);
  const phone = second ?? bob;
  const clientOf = (account: Account) => sdkClient(base, account, recorder.fetchAs(account.userId));
  const cast: Cast = { alice: clientOf(alice), bob: clientOf(bob), bobsPhone: clientOf(phone), recorder };
  try {
    recorder.begin('alice and bob sync');
    await Promise.all([startSyncing(cast.alice), startSyncing(cast.bob)]);
    const room = await meet(cast);
    const meeting = await talk(cast, room);
    await keepSettings(cast, room);
    await exchangeMedia(cast, { account: bob });
    await lookAround(cast, meeting);
    await askPlainly(base, recorder, { user: alice, ...meeting });
    cast.bob.stopClient();
    await proveLogout(base, recorder, { user: phone, ...meeting });
    if (second !== undefined) await cast.bob.whoami();
  } finally {
    cast.alice.stopClient();
    cast.bob.stopClient();
  }
  return { loggedIn: second !== undefined };
};

/** Bob on one more device. @returns nothing when the server has seen too many logins of this address, and says so */
const logIn = async (base: string, bob: Account, recorder: Recorder): Promise<Account | undefined> => {
  recorder.begin('bob logs in on another device');
  const client = new MatrixClient(base, undefined, recorder.fetchAs(''));
  const { status, body } = await client.ask('/_matrix/client/v3/login', {
    method: 'POST',
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: bob.userId },
      password: bob.password,
    },
  });
  if (status === 429 && body['errcode'] === 'M_LIMIT_EXCEEDED') return undefined;
  if (status !== 200) throw new Error(`POST /_matrix/client/v3/login: ${status} ${JSON.stringify(body)}`);
  return { ...bob, token: String(body['access_token']), deviceId: String(body['device_id']) };
};
