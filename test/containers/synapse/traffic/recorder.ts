import { randomBytes } from 'node:crypto';

/** A request that was sent. */
export interface RecordedRequest {
  /** Its User-Agent, which no other request has. */
  readonly agent: string;
  /** What it was sent for, in words. */
  readonly step: string;
  /** Who sent it; empty for nobody. */
  readonly user: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Undefined while there is no answer, and for good when the client gave up. */
  status: number | undefined;
}

/** As the global `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** Writes down all requests that its `fetch`es send, and gives each a name that can be found in Synapse's logs. */
export class Recorder {
  /** The beginning of every User-Agent. */
  readonly run = `traffic-${randomBytes(6).toString('hex')}`;
  readonly #requests: RecordedRequest[] = [];
  #step = '';

  /** All requests so far, in order. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** What the requests from here on are for. */
  begin(step: string): void {
    this.#step = step;
  }

  /** A `fetch` whose requests are this user's. */
  fetchAs(user: string): Fetch {
    return async (resource, options = {}) => {
      const { pathname, search } = new URL(resource instanceof Request ? resource.url : resource);
      const request: RecordedRequest = {
        agent: `${this.run}/${this.#requests.length}`,
        step: this.#step,
        user,
        method: options.method ?? 'GET',
        target: pathname + search,
        status: undefined,
      };
      this.#requests.push(request);
      const headers = new Headers(options.headers);
      headers.set('User-Agent', request.agent);
      // nginx closes connections that are idle when it is reloaded, and what is sent on one at that moment is lost; see tally.ts.
      headers.set('Connection', 'close');
      try {
        const response = await fetch(resource, { ...options, headers });
        request.status = response.status;
        return response;
      } catch (error) {
        if (options.signal?.aborted === true) throw error;
        // What went wrong with the connection, which fetch puts into the cause of "fetch failed".
        const reason = error instanceof Error ? (error.cause ?? error) : error;
        throw new Error(`${describeRequest(request)}: ${String(reason)}`, { cause: error });
      }
    };
  }
}

/** For messages: what was asked, and why. */
export const describeRequest = ({ method, target, step }: RecordedRequest): string =>
  `${method} ${target} (${step})`;
