import { type Connection, type Exec, type ExecResult, Unreachable } from '../model/transport.ts';

/** Pauses between tries to log in again; the last one goes on. Milliseconds. */
const pausesMs = [200, 1000, 2000, 5000, 10_000];

/** Lines that are lost in one run on a host, after which it is given up. */
const mostLosses = 20;

export interface LineOptions {
  connect(): Promise<Connection>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => Date;
  /** How long it is tried to log in again; 0: not at all. Milliseconds. */
  readonly patienceMs: number;
  /** The line is lost, and it is tried. */
  onLost(message: string): void;
}

/** Whether the line went down under something that had begun. */
export const isLost = (error: unknown): error is Unreachable =>
  error instanceof Unreachable && error.reason === 'lost';

/** The login to a host, which is made again when the line is lost. */
export class Line implements AsyncDisposable {
  readonly #options: LineOptions;
  #connection: Connection;
  #losses = 0;

  private constructor(connection: Connection, options: LineOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** @throws Unreachable */
  static async open(options: LineOptions): Promise<Line> {
    return new Line(await options.connect(), options);
  }

  /** The account that was logged in as. */
  get user(): string {
    return this.#connection.user;
  }

  /** @throws as `Connection.exec` */
  exec(exec: Exec): Promise<ExecResult> {
    return this.#connection.exec(exec);
  }

  /**
   * Logs in again.
   *
   * @throws `lost` when that is to no avail, or a host shows another key
   */
  async renew(lost: Unreachable): Promise<void> {
    const { connect, sleep, now, patienceMs, onLost } = this.#options;
    this.#losses += 1;
    const until = now().getTime() + patienceMs;
    if (patienceMs === 0 || this.#losses > mostLosses) throw lost;
    onLost(lost.message);
    for (let tries = 0; ; tries += 1) {
      await sleep(pausesMs[tries] ?? pausesMs.at(-1) ?? 0);
      try {
        this.#connection = await connect();
        return;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (error.reason === 'host-key') throw error;
        if (now().getTime() < until) continue;
        const message = `${lost.message}; since then: ${error.message}`;
        throw new Unreachable('lost', message, lost.hint, { cause: error });
      }
    }
  }

  /**
   * Lets go of the line, whatever is on it, and logs in anew, as often as it takes.
   *
   * @param until     milliseconds since 1970
   * @param pauseMs   between tries
   * @throws Unreachable, of the last try
   */
  async reopen(until: number, pauseMs: number): Promise<void> {
    const { connect, sleep, now } = this.#options;
    await this.#letGo();
    for (;;) {
      try {
        this.#connection = await connect();
        return;
      } catch (error) {
        if (!(error instanceof Unreachable) || error.reason === 'host-key') throw error;
        if (now().getTime() >= until) throw error;
        await sleep(pauseMs);
      }
    }
  }

  /** A host that goes down does not take leave. */
  async #letGo(): Promise<void> {
    try {
      await this.#connection[Symbol.asyncDispose]();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }
}
