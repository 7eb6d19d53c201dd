import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens to the connections: they are reset, or nothing comes through any more and nobody is told. */
export type Cut = 'reset' | 'stall';

/** A running proxy; closing it cuts its connections. */
export interface CuttingProxy extends AsyncDisposable {
  /** on 127.0.0.1 */
  readonly port: number;
  /** Bytes that came from the host, over all connections. */
  readonly received: number;
  /** New connections lead to another port from now on. */
  retarget(port: number): void;
  /** Cuts all connections of that moment once so many bytes came from the host, counted from the start. Later ones are left alone. */
  cutAt(received: number, how: Cut): void;
  /** Resolves when the host has sent so many bytes, counted from the start. */
  reached(received: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a TCP proxy on 127.0.0.1 to a port of this machine. */
export async function cuttingProxy(targetPort: number): Promise<CuttingProxy> {
  const pairs = new Set<readonly [near: Socket, far: Socket]>();
  const waiting: { readonly at: number; resolve(): void }[] = [];
  let target = targetPort;
  let received = 0;
  let cut: { readonly at: number; readonly how: Cut } | undefined;

  const cutAll = (how: Cut): void => {
    for (const [near, far] of pairs) {
      if (how === 'reset') {
        near.resetAndDestroy();
        far.resetAndDestroy();
      } else {
        near.removeAllListeners('data').on('data', () => {});
        far.removeAllListeners('data').on('data', () => {});
      }
    }
  };
  const onReceived = (): void => {
    for (const one of waiting.filter(({ at }) => at <= received)) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve();
    }
    if (cut === undefined || received < cut.at) return;
    const { how } = cut;
    cut = undefined;
    cutAll(how);
  };
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const pair = [near, far] as const;
    pairs.add(pair);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes: Buffer) => {
      // To the byte, so that a cut in the middle of a packet is one.
      const rest = cut === undefined ? bytes.length : Math.min(bytes.length, cut.at - received);
      near.write(bytes.subarray(0, rest));
      received += rest;
      const isCut = cut !== undefined && received >= cut.at;
      onReceived();
      if (isCut || rest === bytes.length) return;
      near.write(bytes.subarray(rest));
      received += bytes.length - rest;
    });
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('close', end).on('error', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return received;
    },
    retarget(port) {
      target = port;
    },
    cutAt(at, how) {
      cut = { at, how };
      onReceived();
    },
    reached: (at) =>
      new Promise((resolve) => {
        waiting.push({ at, resolve });
        onReceived();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
