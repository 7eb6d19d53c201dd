import { once } from 'node:events';
import { createServer } from 'node:net';
import ssh2, { type ParsedKey } from 'ssh2';

/** An agent in this process that holds these private keys (all of one passphrase, if any), at a Unix socket. `using` ends it. */
export const startKeyAgent = async (
  socketPath: string,
  privateKeys: readonly string[],
  passphrase?: string,
) => {
  const keys = privateKeys.map((text): ParsedKey => {
    const key = ssh2.utils.parseKey(text, passphrase);
    if (key instanceof Error) throw key;
    return key;
  });
  let signed = 0;
  const server = createServer((socket) => {
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on('identities', (request) => void protocol.getIdentitiesReply(request, keys));
    protocol.on('sign', (request, publicKey, data, { hash }) => {
      const key = keys.find((held) => held.getPublicSSH().equals(publicKey.getPublicSSH()));
      if (key === undefined) return void protocol.failureReply(request);
      signed += 1;
      protocol.signReply(request, key.sign(data, hash));
    });
    socket.on('error', () => undefined);
    socket.pipe(protocol).pipe(socket);
  }).listen(socketPath);
  await once(server, 'listening');
  return { signed: (): number => signed, [Symbol.dispose]: () => void server.close() };
};
