import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection as ServerConnection } from 'ssh2';
import type { ConnectionSettings } from '../../src/model/transport.ts';
import { makeKeys } from '../hosts/keys.ts';

export interface ServerOptions {
  /** Private keys of the host; default: a new Ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** Decides about a login. Default: everybody may. */
  readonly authenticate?: (context: AuthContext) => void;
  /** Sessions at once on a connection; more are refused. Default: any number. */
  readonly maxSessions?: number;
  /** Where it listens. Default: 127.0.0.1. */
  readonly address?: string;
}

/** A small SSH server in this process that runs command lines by sh, for what a real sshd is too slow or too honest. */
export const startServer = async ({
  hostKeys,
  authenticate,
  maxSessions = Number.POSITIVE_INFINITY,
  address = '127.0.0.1',
}: ServerOptions = {}) => {
  const commandLines: string[] = [];
  const connections = new Set<ServerConnection>();
  const sockets = new Set<Socket>();
  const most = { sessions: 0, refused: 0 };
  const keys = [...(hostKeys ?? [makeKeys('ed25519').private])];
  const server = new ssh2.Server({ hostKeys: keys }, (connection) => {
    connections.add(connection);
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
