import type { Fetch } from './recorder.ts';
import { addresseeOf } from './serving-process.ts';

/** A request that should have been answered with 200. */
export interface FailedRequest {
  readonly at: Date;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Kind of worker that it was meant for, or `main`. */
  readonly addressee: string;
  /** Of the answer, or what became of the connection. */
  readonly status: number | string;
}

/** Counts requests, and keeps those that failed. */
export class Tally {
  readonly failed: FailedRequest[] = [];
  readonly #statuses = new Map<string, number>();

  /** How many got which status; `error` are those that got none. */
  get statuses(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#statuses);
  }

  /** How many there were, without those that were called off. */
  get requests(): number {
    return [...this.#statuses.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * As `fetch`, and counts. A request that its own sender called off is not one.
   *
   * Each has a connection of its own: when nginx reloads, it closes those that wait for their next request, and one that
   * is sent at that very moment is lost. Browsers then send it again and tell nobody, and so it says nothing about the server.
   */
  readonly fetch: Fetch = async (resource, options = {}) => {
    const headers = new Headers(options.headers);
    headers.set('Connection', 'close');
    const fail = (status: number | string): void => {
      const { pathname, search } = new URL(resource instanceof Request ? resource.url : resource);
      const target = pathname + search;
      const addressee = addresseeOf(target);
      this.failed.push({ at: new Date(), method: options.method ?? 'GET', target, addressee, status });
    };
    try {
      const response = await fetch(resource, { ...options, headers });
      // Read here, so that an answer that is cut off halfway fails here too.
      const body = await response.arrayBuffer();
      this.#count(String(response.status));
      if (response.status !== 200) fail(response.status);
      return new Response(body, response);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      this.#count('error');
      fail(String(error instanceof Error ? (error.cause ?? error) : error));
      throw error;
    }
  };

  #count(status: string): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }
}
