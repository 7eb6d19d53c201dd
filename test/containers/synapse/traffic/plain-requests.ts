import { expect } from 'vitest';
import { MatrixClient, type Request } from '../matrix-client.ts';
import type { Account } from './accounts.ts';
import type { Recorder } from './recorder.ts';

/** A request that Matrix clients do not send by themselves, and the status that it must get. */
type Plain = readonly [status: number, path: string, request?: Request];

const put = (body: unknown): Request => ({ method: 'PUT', body });
const post = (body: unknown): Request => ({ method: 'POST', body });

/** What servers and browsers ask without being logged in. */
const ofNobody = (room: string, event: string): readonly Plain[] => [
  [200, '/_matrix/client/versions'],
  [200, '/.well-known/matrix/client'],
  [200, '/_matrix/federation/v1/version'],
  [200, '/_matrix/key/v2/server'],
  // For servers that sign their requests: it is there, and refuses.
  [401, `/_matrix/federation/v1/state/${room}?event_id=${event}`],
  [401, `/_matrix/federation/v1/event/${event}`],
  [401, '/_matrix/federation/v1/media/download/none'],
  [200, '/_matrix/client/v3/login'],
  [200, '/_matrix/client/r0/login'],
  [200, '/_matrix/client/v3/password_policy'],
  // Nobody may register here; that answer comes from where registrations go.
  [403, '/_matrix/client/v3/register/available?username=somebody'],
  [403, '/_matrix/client/v1/register/m.login.registration_token/validity?token=none'],
  [404, '/_matrix/media/v3/download/example.org/none'],
  [401, '/_matrix/client/v1/media/download/example.org/none'],
  [401, '/_matrix/client/v3/account/whoami'],
  // nginx gives these itself.
  [404, '/_synapse/replication/x'],
  [404, '/_synapse/replication/fed_send_events/x', post({})],
  [403, '/_synapse/admin/v1/server_version'],
  [403, '/_synapse/admin/v1/register'],
  [403, '/_synapse/admin/v1/media/example.org/none'],
  [404, '/other'],
  [404, '/'],
];

/** What old clients ask, and paths that look like the route of another kind. */
const ofUser = (user: string, room: string, since: string): readonly Plain[] => [
  [200, '/_matrix/client/r0/initialSync?limit=1'],
  [200, '/_matrix/client/api/v1/initialSync?limit=1'],
  [200, `/_matrix/client/r0/rooms/${room}/initialSync`],
  [200, '/_matrix/client/r0/events?timeout=0'],
  [200, '/_matrix/client/r0/sync?timeout=0'],
  [200, `/_matrix/client/r0/sync?timeout=0&since=${since}`],
  // No `since` worth the name: a first sync for nginx, and none that Synapse takes.
  [400, '/_matrix/client/v3/sync?timeout=0&since='],
  [200, `/_matrix/client/api/v1/rooms/${room}/typing/${user}`, put({ typing: false })],
  [200, `/_matrix/client/r0/rooms/${room}/typing/${user}`, put({ typing: false })],
  [200, `/_matrix/client/api/v1/presence/${user}/status`],
  [200, '/_matrix/client/api/v1/pushrules/'],
  [200, '/_matrix/client/v3/pushrules/global/override/.m.rule.master/enabled'],
  [200, `/_matrix/client/r0/user/${user}/rooms/${room}/tags`],
  [200, '/_matrix/client/r0/sendToDevice/org.test/r0', put({ messages: {} })],
  [404, `/_matrix/client/v3/rooms/${room}/state/org.test/a%2Ftyping%2Fb`],
  [404, `/_matrix/client/v3/rooms/${room}/state/org.test/pushrules`],
  [404, `/_matrix/client/v3/directory/room/${encodeURIComponent('#a/sync/presence/x:example.org')}`],
  [200, '/_matrix/client/v3/joined_rooms'],
  [200, `/_matrix/client/v3/profile/${user}`],
  [200, `/_matrix/client/v3/rooms/${room}/members`],
  [200, '/_matrix/client/v3/notifications'],
];

/** Sends what Matrix clients do not send by themselves. @throws AssertionError that names the first with another status */
export const askPlainly = async (
  base: string,
  recorder: Recorder,
  { user, room, event }: { readonly user: Account; readonly room: string; readonly event: string },
): Promise<void> => {
  const ask = async (client: MatrixClient, [wanted, path, request = {}]: Plain) => {
    const { status, body } = await client.ask(path, request);
    const what = `${request.method ?? 'GET'} ${path}: ${JSON.stringify(body)}`;
    expect(status, what).toBe(wanted);
  };
  const nobody = new MatrixClient(base, undefined, recorder.fetchAs(''));
  const somebody = new MatrixClient(base, user, recorder.fetchAs(user.userId));
  const [roomPart, eventPart] = [encodeURIComponent(room), encodeURIComponent(event)];

  recorder.begin('what is asked without being logged in');
  for (const plain of ofNobody(roomPart, eventPart)) await ask(nobody, plain);
  recorder.begin('what old clients ask, and what looks like something else');
  const { next_batch: since } = await somebody.get('/_matrix/client/v3/sync?timeout=0');
  for (const plain of ofUser(encodeURIComponent(user.userId), roomPart, String(since)))
    await ask(somebody, plain);
  recorder.begin('a sync with the token in the query');
  await ask(nobody, [200, `/_matrix/client/v3/sync?timeout=0&since=${since}&access_token=${user.token}`]);
};
