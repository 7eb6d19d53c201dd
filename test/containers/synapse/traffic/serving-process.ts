/** A worker, as far as requests are concerned. */
export interface LayoutWorker {
  readonly name: string;
  /** What it does: keys of `synapse_kinds` in the role's vars/main.yaml. */
  readonly kinds: readonly string[];
  /** The host it lives on, where that is not main's. For those who tell hosts apart; nothing here reads it. */
  readonly host?: string;
}

/** All workers of a homeserver; main is there anyway. */
export type Layout = readonly LayoutWorker[];

/** Who a request is meant for: workers of a kind, `main`, or `nginx`, which refuses it without asking Synapse. */
export type Addressee = string;

const anyVersion = '(?:api/v1|r0|v3|unstable)';
const newVersion = '(?:r0|v3|unstable)';
const oldVersion = '(?:api/v1|r0|v3)';

/**
 * Which kind serves what, in the notation of the specification: `:room` is one segment, `**` whatever follows. The first that
 * matches counts. Written from Synapse's documentation of workers and not from the role, which it is to prove.
 *
 * @see https://element-hq.github.io/synapse/latest/workers.html#available-worker-applications
 */
const routes: readonly (readonly [kind: string, path: string])[] = [
  ['sync', '/_matrix/client/(?:r0|v3)/sync'],
  ['normal_sync', `/_matrix/client/${oldVersion}/events`],
  ['initial_sync', `/_matrix/client/${oldVersion}/initialSync`],
  ['initial_sync', `/_matrix/client/${oldVersion}/rooms/:room/initialSync`],
  ['login', `/_matrix/client/${anyVersion}/login`],
  ['login', `/_matrix/client/${newVersion}/register`],
  ['login', `/_matrix/client/${newVersion}/register/available`],
  ['login', '/_matrix/client/v1/register/m.login.registration_token/validity'],
  ['login', `/_matrix/client/${newVersion}/password_policy`],
  ['userdir', `/_matrix/client/${newVersion}/user_directory/search`],
  ['mediaworker', '/_matrix/media/**'],
  ['mediaworker', '/_matrix/client/v1/media/**'],
  ['mediaworker', '/_matrix/federation/v1/media/**'],
  ['typing', `/_matrix/client/${anyVersion}/rooms/:room/typing/:user`],
  ['todevice', `/_matrix/client/${newVersion}/sendToDevice/**`],
  ['accountdata', `/_matrix/client/${newVersion}/user/:user/account_data/:type`],
  ['accountdata', `/_matrix/client/${newVersion}/user/:user/rooms/:room/account_data/:type`],
  ['accountdata', `/_matrix/client/${newVersion}/user/:user/rooms/:room/tags`],
  ['accountdata', `/_matrix/client/${newVersion}/user/:user/rooms/:room/tags/:tag`],
  ['receipts', `/_matrix/client/${newVersion}/rooms/:room/receipt/:type/:event`],
  ['receipts', `/_matrix/client/${newVersion}/rooms/:room/read_markers`],
  ['presence', `/_matrix/client/${anyVersion}/presence/**`],
  ['push_rules', `/_matrix/client/${anyVersion}/pushrules`],
  ['push_rules', `/_matrix/client/${anyVersion}/pushrules/**`],
  // Whoever asks from outside may not administer; between processes there are no ways through nginx at all.
  ['nginx', '/_synapse/admin/**'],
  ['nginx', '/_synapse/replication/**'],
  ['main', '/_matrix/**'],
  ['main', '/_synapse/client/**'],
  ['main', '/.well-known/matrix/**'],
  ['main', '/health'],
];

const matchers = routes.map(([kind, path]): readonly [string, RegExp] => {
  const pattern = path
    .replaceAll('.', '\\.')
    .replace('**', '.*')
    .replaceAll(/\/:\w+/g, '/[^/]+');
  return [kind, new RegExp(`^${pattern}$`)];
});

/**
 * Who is to serve a request, whatever workers there are. No route hangs on the method.
 *
 * @param target  path and query as they are sent: a slash in a segment is `%2F`
 */
export const addresseeOf = (target: string): Addressee => {
  const { pathname, searchParams } = new URL(target, 'http://homeserver');
  const [kind] = matchers.find(([, pattern]) => pattern.test(pathname)) ?? ['nginx'];
  if (kind !== 'sync') return kind;
  return searchParams.get('since') ? 'normal_sync' : 'initial_sync';
};

/** Names of the processes that may serve what is meant for the addressee: its workers, else `main`; none for nginx. */
export const processesOf = (addressee: Addressee, layout: Layout): readonly string[] => {
  if (addressee === 'nginx') return [];
  const names = layout.filter(({ kinds }) => kinds.includes(addressee)).map(({ name }) => name);
  return names.length === 0 ? ['main'] : names;
};

/** Names of the processes that may serve a request, given as path and query. */
export const servingProcesses = (target: string, layout: Layout): readonly string[] =>
  processesOf(addresseeOf(target), layout);
