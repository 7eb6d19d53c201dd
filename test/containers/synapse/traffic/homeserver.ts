import type { TestHost } from '../../../hosts/host.ts';
import { workers } from '../target-state.ts';
import type { Layout } from './serving-process.ts';

/** A provisioned homeserver, wherever its processes live. */
export interface Homeserver {
  /** Address of nginx: `http://127.0.0.1:PORT`. */
  readonly base: string;
  readonly layout: Layout;
  /** Where a worker, or `main`, runs and writes its log. */
  readonly hostOf: (process: string) => TestHost;
}

/** The flagship as it is when nothing else is said: 16 workers, on one host that publishes port 80. */
export const flagshipOn = (host: TestHost): Homeserver => ({
  base: `http://127.0.0.1:${host.publishedPort(80)}`,
  layout: workers.map((name) => ({ name, kinds: [name.replace(/\d+$/, '')] })),
  hostOf: () => host,
});
