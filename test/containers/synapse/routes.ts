import type { TestHost } from '../../hosts/host.ts';
import { freshBytes, MatrixClient, type Request } from './matrix-client.ts';
import { registerUser } from './register-user.ts';

/** A request, and the log of the process that has to answer it: a name, or the beginning of several. */
interface Route extends Request {
  readonly to: string;
  readonly path: string;
}

/** What became of a request. */
export interface Routed {
  readonly path: string;
  readonly wanted: string;
  /** Processes whose log has the request. */
  readonly answeredBy: string;
  readonly status: number;
}

const put = (to: string, path: string, body: unknown): Route => ({ to, path, method: 'PUT', body });
const post = (to: string, path: string, body: unknown): Route => ({ to, path, method: 'POST', body });
const get = (to: string, path: string): Route => ({ to, path });

const routesOf = (user: string, room: string, event: string): readonly Route[] => [
  put('typing', `/_matrix/client/v3/rooms/${room}/typing/${user}`, { typing: true, timeout: 1000 }),
  put('todevice', '/_matrix/client/v3/sendToDevice/m.test/1', { messages: {} }),
  put('accountdata', `/_matrix/client/v3/user/${user}/account_data/org.test`, { a: 1 }),
  put('accountdata', `/_matrix/client/v3/user/${user}/rooms/${room}/tags/u.test`, {}),
  post('receipts', `/_matrix/client/v3/rooms/${room}/receipt/m.read/${event}`, {}),
  post('receipts', `/_matrix/client/v3/rooms/${room}/read_markers`, {
    'm.fully_read': decodeURIComponent(event),
  }),
  put('presence', `/_matrix/client/v3/presence/${user}/status`, { presence: 'online' }),
  get('presence', `/_matrix/client/v3/presence/${user}/status`),
  put('push_rules', '/_matrix/client/v3/pushrules/global/content/x', { pattern: 'x', actions: ['notify'] }),
  get('push_rules', '/_matrix/client/v3/pushrules/'),
  post('userdir', '/_matrix/client/v3/user_directory/search', { search_term: 'bob' }),
  post('mediaworker', '/_matrix/media/v3/upload?filename=x.png', freshBytes()),
  get('mediaworker', '/_matrix/client/v1/media/config'),
  get('login', '/_matrix/client/v3/login'),
  get('initial_sync', '/_matrix/client/r0/initialSync'),
  get('initial_sync', `/_matrix/client/r0/rooms/${room}/initialSync`),
  get('initial_sync', '/_matrix/client/v3/sync?timeout=0'),
  get('normal_sync', '/_matrix/client/v3/sync?timeout=0&since=s0_0_0_0_0_0_0_0_0_0'),
  get('normal_sync', '/_matrix/client/r0/events?timeout=0'),
  // A part of a path that looks like another route's does not lead there.
  get('homeserver', `/_matrix/client/v3/rooms/${room}/state/org.test/a%2Ftyping%2Fb`),
  get('homeserver', `/_matrix/client/v3/profile/${user}`),
  get('homeserver', '/_matrix/client/v3/joined_rooms'),
  get('homeserver', '/_matrix/federation/v1/version'),
  get('homeserver', '/_matrix/key/v2/server'),
];

/** Two users of the server, and a room that both are in. */
export const meet = async (host: TestHost, base: string) => {
  await registerUser(host, 'alice', 'secret-a');
  await registerUser(host, 'bob', 'secret-b');
  const alice = await new MatrixClient(base).login('alice', 'secret-a');
  const bob = await new MatrixClient(base).login('bob', 'secret-b');
  const made = await alice.get('/_matrix/client/v3/createRoom', {
    method: 'POST',
    body: { preset: 'public_chat' },
  });
  const room = encodeURIComponent(String(made['room_id']));
  await bob.get(`/_matrix/client/v3/join/${room}`, { method: 'POST', body: {} });
  return { alice, bob, room };
};

/** A message into the room. @returns its id */
export const send = async (client: MatrixClient, room: string, text: string): Promise<string> => {
  const path = `/_matrix/client/v3/rooms/${room}/send/m.room.message/${encodeURIComponent(text)}`;
  const sent = await client.get(path, { method: 'PUT', body: { msgtype: 'm.text', body: text } });
  return String(sent['event_id']);
};

/** Sends one request for each route, and finds each in the logs by its User-Agent. */
export const askRoutes = async (
  host: TestHost,
  client: MatrixClient,
  room: string,
): Promise<readonly Routed[]> => {
  const event = encodeURIComponent(await send(client, room, 'hello'));
  const routes = routesOf(encodeURIComponent(client.userId), room, event);
  const statuses: number[] = [];
  for (const [index, { path, ...request }] of routes.entries())
    statuses.push((await client.ask(path, { ...request, agent: `route-${index}-` })).status);
  // A line may reach the file five seconds late.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const lines = (
    await host.run("cd /var/log/matrix-synapse && grep 'Processed request.*\"route-' *.log")
  ).split('\n');
  return routes.map(({ path, to }, index) => {
    const own = lines.filter((line) => line.includes(`"route-${index}-"`));
    const names = new Set(own.map((line) => line.slice(0, line.indexOf('.log:'))));
    return { path, wanted: to, answeredBy: [...names].join(' and '), status: statuses[index] ?? 0 };
  });
};
