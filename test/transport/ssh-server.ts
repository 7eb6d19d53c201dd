import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type KexAlgorithm,
  type ParsedKey,
  type ServerChannel,
  type Connection as ServerConnection,
} from 'ssh2';
import type { ConnectionSettings } from '../../src/model/transport.ts';
import { offerHostKeys, onKeyExchange, type Protocol } from '../../src/transport/exchange-certificates.ts';
import { certificateSuffix } from '../../src/transport/host-certificate.ts';
import { makeKeys } from '../hosts/keys.ts';

export interface ShownCertificate {
  /** Wire format. */
  readonly bytes: Buffer;
  /** Whose signature goes with it: that of the certified key, where all is well. */
  readonly key: ParsedKey;
}

export interface ServerOptions {
  /** Private keys of the host; default: a new Ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** What it shows in place of keys to who asks for certificates, by algorithm without its suffix. */
  readonly certificates?: Readonly<Record<string, ShownCertificate>>;
  /** How keys are exchanged. Default: as ssh2 likes best. */
  readonly kex?: KexAlgorithm;
  /** Decides about a login. Default: everybody may. */
  readonly authenticate?: (context: AuthContext) => void;
  /** Sessions at once on a connection; more are refused. Default: any number. */
  readonly maxSessions?: number;
  /** What is done in place of running a command line, all of it told in one packet. Default: sh runs it. */
  readonly answer?: (channel: ServerChannel) => void;
  /** Where it listens. Default: 127.0.0.1. */
  readonly address?: string;
}

/** ssh2's server knows no certificates either. @see takeCertificates */
const showCertificates = (
  connection: ServerConnection,
  certificates: NonNullable<ServerOptions['certificates']>,
): void => {
  const { _protocol: protocol } = connection as unknown as {
    readonly _protocol: Protocol & { _hostKeys: Readonly<Record<string, ParsedKey>> };
  };
  const shown = Object.entries(certificates).map(([algorithm, { bytes, key }]): [string, ParsedKey] => [
    `${algorithm}${certificateSuffix}`,
    Object.create(key, { getPublicSSH: { value: () => bytes } }),
  ]);
  offerHostKeys(protocol, [...shown.map(([name]) => name), ...protocol._offer.lists.serverHostKey.array]);
  protocol._hostKeys = { ...protocol._hostKeys, ...Object.fromEntries(shown) };
  onKeyExchange(protocol, (exchange) => {
    const { finish, negotiated } = exchange;
    exchange.finish = (...rest) => {
      negotiated.serverHostKey = negotiated.serverHostKey.replace(certificateSuffix, '');
      return finish.apply(exchange, rest);
    };
  });
};

/** A small SSH server in this process that runs command lines by sh, for what a real sshd is too slow or too honest. */
export const startServer = async ({
  hostKeys,
  certificates,
  kex,
  authenticate,
  maxSessions = Number.POSITIVE_INFINITY,
  answer,
  address = '127.0.0.1',
}: ServerOptions = {}) => {
  const commandLines: string[] = [];
  const connections = new Set<ServerConnection>();
  const sockets = new Set<Socket>();
  const most = { sessions: 0, refused: 0 };
  const keys = [...(hostKeys ?? [makeKeys('ed25519').private])];
  const algorithms = kex === undefined ? {} : { kex: [kex] };
  const server = new ssh2.Server({ hostKeys: keys, algorithms }, (connection) => {
    connections.add(connection);
    if (certificates !== undefined) showCertificates(connection, certificates);
    let sessions = 0;
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      if (authenticate === undefined) context.accept();
      else authenticate(context);
    });
    connection.on('session', (accept, reject) => {
      if (sessions >= maxSessions) {
        most.refused += 1;
        return void reject();
      }
      sessions += 1;
      most.sessions = Math.max(most.sessions, sessions);
      const session = accept();
      session.on('exec', (acceptExec, _reject, { command }) => {
        commandLines.push(command);
        if (answer !== undefined) {
          for (const socket of sockets) socket.cork();
          answer(acceptExec());
          for (const socket of sockets) socket.uncork();
          return;
        }
        const channel = acceptExec();
        const child = spawn('sh', ['-c', command], { stdio: 'pipe' });
        channel.pipe(child.stdin).on('error', () => undefined);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        channel.once('close', () => {
          sessions -= 1;
          child.kill();
        });
        child.once('close', (code) => {
          if (code !== null) channel.exit(code);
          channel.end();
        });
      });
    });
  });
  // The socket below an SSH connection, so that a line can be cut without a word.
  (server as unknown as { _srv: NodeJS.EventEmitter })._srv.on('connection', (socket: Socket) =>
    sockets.add(socket),
  );
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings: ConnectionSettings = {
    kind: 'ssh',
    host: 'h1',
    address,
    port,
    user: 'admin',
    password: 'pw',
    knownHostsFiles: [],
    acceptNewHostKeys: false,
    connectTimeoutMs: 5000,
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  /** It reads and says nothing any more. */
  const mute = (): void => {
    for (const socket of sockets) socket.pause();
  };
  return {
    settings,
    mute,
    commandLines,
    most,
    cut,
    connections,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
    },
  };
};
