import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type ServerChannel } from 'ssh2';

/** What runs a command: it reads the channel and ends it. */
export type OnExec = (command: string, channel: ServerChannel) => void;

/** A host of OpenSSH's protocol, without a host. */
export interface SshServerOptions {
  /** Text of a private key file. */
  readonly hostKey: string;
  /** The one public key that may log in: `ssh-ed25519 AAAA…`. */
  readonly loginKey: string;
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly onExec: OnExec;
}

const parsePublic = (text: string): ParsedKey => {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
};

/** Lets root log in with the key and nobody else with anything. */
const guard = (connection: Connection, loginKey: ParsedKey): void => {
  connection.on('authentication', (context) => {
    const isRight =
      context.method === 'publickey' &&
      context.username === 'root' &&
      context.key.data.equals(loginKey.getPublicSSH()) &&
      (context.signature === undefined ||
        (context.blob !== undefined &&
          loginKey.verify(context.blob, context.signature, context.hashAlgo) === true));
    if (isRight) context.accept();
    else context.reject(['publickey']);
  });
};

/** Starts listening. @returns the port, and what ends it at once */
export const startSshServer = async ({ hostKey, loginKey, address, port, onExec }: SshServerOptions) => {
  const allowed = parsePublic(loginKey);
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    // A client may leave as it likes; what became of it is its own to tell.
    connection.on('error', () => undefined);
    guard(connection, allowed);
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => onExec(command, acceptExec()));
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: (): void => {
      server.close();
      for (const connection of connections) connection.end();
    },
  };
};
