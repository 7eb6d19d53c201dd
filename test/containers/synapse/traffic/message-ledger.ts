/** Keeps account of who has got which message how often. Every message has a text of its own. */
export class MessageLedger {
  readonly #sent = new Set<string>();
  readonly #received = new Map<string, Map<string, number>>();

  /** @param users  all who are to get every message, their own too */
  constructor(users: readonly string[]) {
    for (const user of users) this.#received.set(user, new Map());
  }

  /** How many messages the server has taken. */
  get sent(): number {
    return this.#sent.size;
  }

  /** The server has taken a message. */
  send(text: string): void {
    this.#sent.add(text);
  }

  receive(user: string, text: string): void {
    const texts = this.#received.get(user);
    texts?.set(text, (texts.get(text) ?? 0) + 1);
  }

  /** Messages that a user has not got: `USER: TEXT`. */
  get lost(): readonly string[] {
    return [...this.#received.keys()].flatMap((user) => this.#lostBy(user).map((text) => `${user}: ${text}`));
  }

  /** Messages that a user got more than once: `USER: TEXT`. */
  get doubled(): readonly string[] {
    return [...this.#received].flatMap(([user, texts]) =>
      [...texts].filter(([, times]) => times > 1).map(([text]) => `${user}: ${text}`),
    );
  }

  /** How many different messages each user has got. */
  get receivedPerUser(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#received].map(([user, texts]) => [user, texts.size]));
  }

  #lostBy(user: string): readonly string[] {
    return [...this.#sent].filter((text) => !this.#received.get(user)?.has(text));
  }
}
