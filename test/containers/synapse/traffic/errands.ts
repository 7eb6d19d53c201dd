import { freshBytes, type MatrixClient, type Request } from '../matrix-client.ts';

/** Who runs an errand, and where. */
export interface Errands {
  readonly client: MatrixClient;
  /** Identifiers, for a path. */
  readonly user: string;
  readonly room: string;
  readonly event: string;
  /** Another one each time. */
  readonly number: number;
}

type Ask = readonly [path: string, request: Request];

/** Messages and nothing else, as many at once as the server gives. */
export const quietFilter = encodeURIComponent(
  JSON.stringify({
    presence: { types: [] },
    account_data: { types: [] },
    room: {
      timeline: { limit: 100, types: ['m.room.message'] },
      ephemeral: { types: [] },
      account_data: { types: [] },
      state: { types: [] },
    },
  }),
);

/** Where clients ask. */
export const api = '/_matrix/client/v3';
const json = (method: 'PUT' | 'POST', path: string, body: unknown): Ask => [path, { method, body }];
const get = (path: string): Ask => [path, {}];

/** Requests that a client makes beside messages and syncs. */
export const errands = {
  profile: ({ user }: Errands) => get(`${api}/profile/${user}`),
  keys: ({ client }: Errands) => json('POST', `${api}/keys/query`, { device_keys: { [client.userId]: [] } }),
  initial_sync: () => get(`${api}/sync?timeout=0&set_presence=offline&filter=${quietFilter}`),
  receipts: ({ room, event }: Errands) => json('POST', `${api}/rooms/${room}/receipt/m.read/${event}`, {}),
  media: () => json('POST', '/_matrix/media/v3/upload', freshBytes()),
  login: () => get(`${api}/login`),
  typing: ({ user, room, number }: Errands) =>
    json('PUT', `${api}/rooms/${room}/typing/${user}`, { typing: number % 2 === 0, timeout: 10_000 }),
  presence: ({ user }: Errands) => get(`${api}/presence/${user}/status`),
  account_data: ({ user, number }: Errands) =>
    json('PUT', `${api}/user/${user}/account_data/org.steady`, { number }),
  to_device: ({ client, number }: Errands) =>
    json('PUT', `${api}/sendToDevice/org.steady/${number}`, { messages: { [client.userId]: { '*': {} } } }),
  push_rules: ({ number }: Errands) =>
    json('PUT', `${api}/pushrules/global/content/steady`, { pattern: `steady${number}`, actions: [] }),
  user_directory: () => json('POST', `${api}/user_directory/search`, { search_term: 'nobody' }),
} satisfies Readonly<Record<string, (of: Errands) => Ask>>;
