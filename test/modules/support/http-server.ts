import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Where a test server answers. */
export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; empty for a socket. */
  readonly url: string;
  readonly port: number;
  /** Puts something at `/store/NAME`. */
  store(name: string, body: string | Uint8Array): Promise<void>;
}

/** Starts a server in a thread. @param listen  as `net.Server.listen` takes it; default: a free port on 127.0.0.1 */
export const startHttpServer = async (
  listen: { readonly port?: number; readonly host?: string; readonly path?: string } = {
    port: 0,
    host: '127.0.0.1',
  },
): Promise<HttpServer> => {
  const worker = new Worker(join(import.meta.dirname, 'http-server.mjs'), { workerData: { listen } });
  const address = await new Promise<{ port?: number }>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const port = address.port ?? 0;
  const url = port === 0 ? '' : `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    async store(name, body) {
      await fetch(`${url}/store/${name}`, { method: 'PUT', body: new Uint8Array(Buffer.from(body)) });
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
};
