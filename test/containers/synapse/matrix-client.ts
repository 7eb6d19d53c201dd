import { randomBytes } from 'node:crypto';

/** An answer of the homeserver, with its JSON body. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a request carries besides its path. */
export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** JSON, unless it is bytes. */
  readonly body?: unknown;
  readonly agent?: string;
  readonly signal?: AbortSignal;
}

/** Whose the requests are. */
export interface Login {
  readonly token: string;
  readonly userId: string;
}

const isBytes = (body: unknown): body is Uint8Array<ArrayBuffer> => body instanceof Uint8Array;

/** A Matrix client at a homeserver's nginx; nobody is logged in without a token. */
export class MatrixClient {
  readonly #base: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;
  readonly userId: string;

  /** @param fetchFn  sends the requests, in the place of the global `fetch` */
  constructor(base: string, login?: Login, fetchFn = fetch) {
    this.#base = base;
    this.#token = login?.token;
    this.#fetch = fetchFn;
    this.userId = login?.userId ?? '';
  }

  /** What a path gives, byte for byte. */
  async bytes(path: string): Promise<Uint8Array> {
    const response = await this.#fetch(this.#base + path, {
      headers: { Authorization: `Bearer ${this.#token}` },
    });
    return new Uint8Array(await response.arrayBuffer());
  }

  async ask(path: string, { method = 'GET', body, agent = 'test', signal }: Request = {}): Promise<Answer> {
    const response = await this.#fetch(this.#base + path, {
      method,
      headers: {
        'User-Agent': agent,
        'Content-Type': isBytes(body) ? 'image/png' : 'application/json',
        ...(this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }),
      },
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: isBytes(body) ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let parsed: unknown = {};
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = { text };
    }
    return { status: response.status, body: parsed as Answer['body'] };
  }

  /** @throws Error with the answer in it, when the status is not 200 */
  async get(path: string, request: Request = {}): Promise<Answer['body']> {
    const { status, body } = await this.ask(path, request);
    if (status !== 200)
      throw new Error(`${request.method ?? 'GET'} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}

/** Bytes that were never uploaded before: the server remembers what it quarantined by its hash. */
export const freshBytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(64));
