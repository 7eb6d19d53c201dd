import type { TestHost } from '../../hosts/host.ts';

/** The workers that the flagship makes when nothing else is said. */
export const workers = [
  'login',
  'federation_sender',
  'mediaworker',
  'userdir',
  'pusher',
  'push_rules',
  'typing',
  'todevice',
  'accountdata',
  'presence',
  'receipts',
  'initial_sync1',
  'initial_sync2',
  'normal_sync1',
  'normal_sync2',
  'normal_sync3',
] as const;

/** These two take no requests from outside. */
const isInbound = (name: string): boolean => !['federation_sender', 'pusher'].includes(name);

export const unitOf = (worker: string): string => `matrix-synapse-worker@${worker}.service`;

export const run = '/run/matrix-synapse';

/** Sockets and their modes. */
export const sockets: ReadonlyMap<string, string> = new Map([
  ...['main', ...workers.filter(isInbound)].map((name): [string, string] => [`inbound_${name}.sock`, '660']),
  ...['main', ...workers].map((name): [string, string] => [`replication_${name}.sock`, '600']),
]);

export const units = ['matrix-synapse.target', 'matrix-synapse.service', ...workers.map(unitOf)];

/** Properties of units as systemd shows them, by unit. */
export const showUnits = async (
  host: TestHost,
  names: readonly string[],
  properties: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> => {
  const text = await host.run(`systemctl show -p Id,${properties.join(',')} ${names.join(' ')}`);
  const blocks = text.split('\n\n').map((block) =>
    Object.fromEntries(
      block.split('\n').map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    ),
  );
  return new Map(blocks.map((block) => [block['Id'] ?? '', block]));
};

/** The MainPID of main and of each worker: other ones mean a restart. */
export const mainPids = (host: TestHost): Promise<string> =>
  host.run(`systemctl show -p MainPID --value ${units.slice(1).join(' ')}`);

/** What each socket answers to the health request, asked as the account: `OK`, or what curl said. */
export const healthBy = async (host: TestHost, account: string): Promise<ReadonlyMap<string, string>> => {
  const script = `cd /; for s in ${[...sockets.keys()].join(' ')}; do
    echo "$s $(runuser -u ${account} -- curl -sS --max-time 5 --unix-socket ${run}/$s http://localhost/health 2>&1)"
  done`;
  const lines = (await host.run(script)).split('\n');
  return new Map(
    lines.map((line) => {
      const [socket = '', ...answer] = line.split(' ');
      return [socket, answer.join(' ')];
    }),
  );
};

/** Lines of a process' log since its last start. */
export const logOf = async (host: TestHost, name: string): Promise<readonly string[]> => {
  const text = await host.run(
    `awk '/ STARTING SERVER /{ lines = "" } { lines = lines $0 "\\n" } END { printf "%s", lines }' /var/log/matrix-synapse/${name}.log`,
  );
  return text.split('\n');
};
