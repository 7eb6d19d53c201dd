import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A running proxy; closing it cuts its connections. */
export interface LatencyProxy extends AsyncDisposable {
  /** on 127.0.0.1 */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a TCP proxy on 127.0.0.1 that makes a port of this machine seem a round trip away.
 *
 * A delay line: each direction's bytes are held for half the round trip, in order and at full rate. The kernel's own
 * handshake is not delayed, so the first bytes are held for one round trip more, as they would be on such a line.
 *
 * @param targetPort  on 127.0.0.1
 */
export async function latencyProxy(targetPort: number, rttMs: number): Promise<LatencyProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const connectedAt = performance.now() + rttMs;
    delay(near, far, connectedAt, rttMs / 2);
    delay(far, near, connectedAt, rttMs / 2);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close };
}

/** Writes to `to` what comes from `from`, each piece `holdMs` after it came but none before `connectedAt`. */
function delay(from: Socket, to: Socket, connectedAt: number, holdMs: number): void {
  const line: { dueAt: number; bytes: Buffer | undefined }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    const next = line[0];
    if (timer === undefined && next) timer = setTimeout(drain, Math.max(0, next.dueAt - performance.now()));
  };
  const drain = (): void => {
    timer = undefined;
    while (line[0] && line[0].dueAt <= performance.now()) {
      const bytes = line.shift()?.bytes;
      if (to.destroyed) continue;
      if (bytes) to.write(bytes);
      else to.end();
    }
    schedule();
  };
  const put = (bytes?: Buffer): void => {
    line.push({ dueAt: Math.max(performance.now(), connectedAt) + holdMs, bytes });
    schedule();
  };
  from.on('data', put);
  from.on('end', () => put());
}
