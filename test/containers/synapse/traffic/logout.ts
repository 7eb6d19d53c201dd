import { expect, vi } from 'vitest';
import { MatrixClient, type Request } from '../matrix-client.ts';
import type { Account } from './accounts.ts';
import type { Recorder } from './recorder.ts';

const api = '/_matrix/client/v3';

/** A request of every kind that asks for a token, login has none. */
const ofEachKind = (
  user: string,
  room: string,
  event: string,
  since: string,
): readonly (readonly [path: string, request?: Request])[] => [
  [`${api}/account/whoami`],
  [`${api}/rooms/${room}/typing/${user}`, { method: 'PUT', body: { typing: false } }],
  [`${api}/sendToDevice/org.test/logout`, { method: 'PUT', body: { messages: {} } }],
  [`${api}/user/${user}/account_data/org.test.logout`, { method: 'PUT', body: {} }],
  [`${api}/rooms/${room}/receipt/m.read/${event}`, { method: 'POST', body: {} }],
  [`${api}/presence/${user}/status`],
  [`${api}/pushrules/`],
  [`${api}/user_directory/search`, { method: 'POST', body: { search_term: 'x' } }],
  ['/_matrix/client/v1/media/config'],
  [`${api}/sync?timeout=0`],
  [`${api}/sync?timeout=0&since=${since}`],
];

/**
 * Proves that a token is good everywhere, logs it out, and proves that within seconds it is good nowhere: each kind of process
 * keeps tokens that it has seen, and must be told.
 */
export const proveLogout = async (
  base: string,
  recorder: Recorder,
  { user, room, event }: { readonly user: Account; readonly room: string; readonly event: string },
): Promise<void> => {
  const client = new MatrixClient(base, user, recorder.fetchAs(user.userId));
  const { next_batch: since } = await client.get(`${api}/sync?timeout=0`);
  const parts = [user.userId, room, event].map(encodeURIComponent) as [string, string, string];
  const requests = ofEachKind(...parts, String(since));
  recorder.begin('before the logout');
  for (const [path, request] of requests) await client.get(path, request);
  recorder.begin('the logout');
  await client.get(`${api}/logout`, { method: 'POST', body: {} });
  recorder.begin('after the logout');
  for (const [path, request] of requests)
    await vi.waitFor(
      async () => {
        const { status } = await client.ask(path, request);
        expect(status, `${request?.method ?? 'GET'} ${path} with a token that was logged out`).toBe(401);
      },
      { timeout: 15_000, interval: 200 },
    );
};
