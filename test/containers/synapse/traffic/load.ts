import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, MatrixClient, type Request } from '../matrix-client.ts';
import type { Account } from './accounts.ts';
import { api, errands, quietFilter } from './errands.ts';
import { MessageLedger } from './message-ledger.ts';
import { type FailedRequest, Tally } from './tally.ts';

/** Requests that are made beside messages and syncs, by what they are about. */
export type Errand = keyof typeof errands;

/** How much there is to do; everything has a default. */
export interface SteadyOptions {
  /** At least so many; more where that many do not keep every sync worker busy. Default 6 */
  readonly users?: number;
  /** Pause between two messages of a user. Default 1000 */
  readonly messageEveryMs?: number;
  /** Pause between two errands of any users. Default 200 */
  readonly errandEveryMs?: number;
  /** Made in turn. Default: those that main and workers of a kind that may be several serve */
  readonly errands?: readonly Errand[];
}

/** What came of it. */
export interface SteadyReport {
  readonly requests: number;
  /** Everything that was not answered with 200, in the order of time; the client went on and asked again. */
  readonly failed: readonly FailedRequest[];
  /** That the server took; the same message sent again after a failure is one. */
  readonly messagesSent: number;
  /** By user ID, their own messages too: each is `messagesSent` when all is well. */
  readonly messagesReceivedPerUser: Readonly<Record<string, number>>;
  /** `USER: TEXT` of messages that did not come within a minute after the last was sent. */
  readonly lost: readonly string[];
  /** `USER: TEXT` of messages that came more than once. */
  readonly doubled: readonly string[];
  /** Requests by status; `error` for a connection that was refused or broke. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** A client that talks to a homeserver until it is stopped. */
export interface SteadyClient extends AsyncDisposable {
  /** As it stands now; what is under way counts as lost. */
  report(): SteadyReport;
  /** Sends no more, waits until everybody has everything, and says what came of it. */
  stop(): Promise<SteadyReport>;
}

/** One of the users, and the room they share. */
interface Member {
  readonly client: MatrixClient;
  /** Identifier of the room, for a path. */
  readonly room: string;
  /** Of the last message that the server took of this user; for a path. */
  lastEvent: string;
}

/** What a sync, and a page of the past, have for us. */
interface Timeline {
  readonly events: readonly Message[];
  readonly limited?: boolean;
  readonly prev_batch?: string;
}

interface Message {
  readonly type: string;
  readonly content: { readonly body?: string };
}

interface SyncAnswer {
  readonly next_batch: string;
  readonly rooms?: {
    readonly join?: Readonly<Record<string, { readonly timeline?: Timeline } | undefined>>;
  };
}

interface Page {
  readonly chunk: readonly Message[];
  readonly end?: string;
}

/** After a failure a client waits a moment before it asks again. */
const afterFailureMs = 250;

/** How long a message is tried to be sent, and waited for. */
const patienceMs = 60_000;

const syncPath = `${api}/sync?set_presence=offline&filter=${quietFilter}`;

/** The users of a steady client, and all that they do. */
export class Load implements SteadyClient {
  readonly #options: SteadyOptions;
  readonly #members: readonly Member[];
  readonly #tally: Tally;
  readonly #ledger: MessageLedger;
  readonly #stopSending = new AbortController();
  readonly #stopReceiving = new AbortController();
  readonly #running: { readonly sending: Promise<unknown>; readonly receiving: Promise<unknown> };

  private constructor(
    options: SteadyOptions,
    tally: Tally,
    members: readonly Member[],
    tokens: readonly string[],
  ) {
    // Every request listens to it, and fetch stops listening only when it is collected: no reason for a warning.
    setMaxListeners(0, this.#stopReceiving.signal, this.#stopSending.signal);
    this.#options = options;
    this.#tally = tally;
    this.#members = members;
    this.#ledger = new MessageLedger(members.map(({ client }) => client.userId));
    this.#running = {
      receiving: Promise.all(members.map((member, index) => this.#receive(member, tokens[index] ?? ''))),
      sending: Promise.all([...members.map((member) => this.#sendMessages(member)), this.#runErrands()]),
    };
  }

  /** Brings the users into a room, has each sync once, so that no message comes as history, and sets them going. */
  static async start(base: string, accounts: readonly Account[], options: SteadyOptions): Promise<Load> {
    const tally = new Tally();
    const clients = accounts.map((account) => new MatrixClient(base, account, tally.fetch));
    const [first, ...others] = clients;
    if (first === undefined) throw new Error('a steady client has one user at least');
    const made = await first.get(`${api}/createRoom`, { method: 'POST', body: { preset: 'public_chat' } });
    const room = encodeURIComponent(String(made['room_id']));
    for (const client of others) await client.get(`${api}/join/${room}`, { method: 'POST', body: {} });
    const synced = await Promise.all(clients.map((client) => client.get(`${syncPath}&timeout=0`)));
    return new Load(
      options,
      tally,
      clients.map((client) => ({ client, room, lastEvent: '' })),
      synced.map((answer) => String(answer['next_batch'])),
    );
  }

  report(): SteadyReport {
    return {
      requests: this.#tally.requests,
      failed: [...this.#tally.failed],
      messagesSent: this.#ledger.sent,
      messagesReceivedPerUser: this.#ledger.receivedPerUser,
      lost: this.#ledger.lost,
      doubled: this.#ledger.doubled,
      statuses: this.#tally.statuses,
    };
  }

  async stop(): Promise<SteadyReport> {
    this.#stopSending.abort();
    await this.#running.sending;
    const deadline = Date.now() + patienceMs;
    while (this.#ledger.lost.length > 0 && Date.now() < deadline) await pause(50);
    this.#stopReceiving.abort();
    await this.#running.receiving;
    return this.report();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** @returns the answer when it is a 200; else nothing, after a moment */
  async #ask(client: MatrixClient, path: string, request: Request = {}): Promise<Answer['body'] | undefined> {
    const { signal } = this.#stopReceiving;
    try {
      const { status, body } = await client.ask(path, { ...request, signal });
      if (status === 200) return body;
    } catch {
      // The tally has it.
    }
    await waitUnless(signal, afterFailureMs);
    return undefined;
  }

  async #sendMessages(member: Member): Promise<void> {
    const { messageEveryMs = 1000 } = this.#options;
    for (let number = 1; !this.#stopSending.signal.aborted; number += 1) {
      await this.#sendMessage(member, number);
      await waitUnless(this.#stopSending.signal, messageEveryMs);
    }
  }

  /** The number is the transaction too: sent twice, the server knows it. */
  async #sendMessage(member: Member, number: number): Promise<void> {
    const { client, room } = member;
    const text = `${client.userId} ${number}`;
    const body = { msgtype: 'm.text', body: text };
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      const answer = await this.#ask(client, `${api}/rooms/${room}/send/m.room.message/${number}`, {
        method: 'PUT',
        body,
      });
      if (answer === undefined) continue;
      member.lastEvent = encodeURIComponent(String(answer['event_id']));
      this.#ledger.send(text);
      return;
    }
  }

  /** All members run the first errand, then all run the next. */
  async #runErrands(): Promise<void> {
    const { errandEveryMs = 200, errands: names = ['profile', 'keys', 'initial_sync', 'receipts', 'media'] } =
      this.#options;
    for (let number = 0; !this.#stopSending.signal.aborted; number += 1) {
      const member = this.#members[number % this.#members.length];
      const name = names[Math.floor(number / this.#members.length) % names.length];
      if (member !== undefined && name !== undefined && member.lastEvent !== '') {
        const { client, room, lastEvent: event } = member;
        const user = encodeURIComponent(client.userId);
        await this.#ask(client, ...errands[name]({ client, user, room, event, number }));
      }
      await waitUnless(this.#stopSending.signal, errandEveryMs);
    }
  }

  async #receive(member: Member, from: string): Promise<void> {
    let since = from;
    while (!this.#stopReceiving.signal.aborted) {
      const path = `${syncPath}&timeout=30000&since=${since}`;
      const answer = (await this.#ask(member.client, path)) as SyncAnswer | undefined;
      if (answer === undefined) continue;
      const timeline = answer.rooms?.join?.[decodeURIComponent(member.room)]?.timeline;
      if (timeline?.limited === true) await this.#fillGap(member, since, timeline.prev_batch ?? '');
      this.#note(member, timeline?.events ?? []);
      since = answer.next_batch;
    }
  }

  /** Fetches what a sync left out because it was too much. */
  async #fillGap(member: Member, since: string, before: string): Promise<void> {
    let from: string | undefined = before;
    while (from !== undefined && !this.#stopReceiving.signal.aborted) {
      const path = `${api}/rooms/${member.room}/messages?dir=b&limit=100&from=${from}&to=${since}`;
      const page = (await this.#ask(member.client, path)) as Page | undefined;
      if (page === undefined) continue;
      this.#note(member, page.chunk);
      from = page.chunk.length === 0 ? undefined : page.end;
    }
  }

  #note({ client }: Member, events: readonly Message[]): void {
    for (const { type, content } of events)
      if (type === 'm.room.message') this.#ledger.receive(client.userId, content.body ?? '');
  }
}

/** Waits, but no longer than until the signal. */
const waitUnless = (signal: AbortSignal, ms: number): Promise<void> =>
  pause(ms, undefined, { signal }).catch(() => undefined);
