import type { Span } from './span.ts';

/** How to reach and log in to a host, after variables and options are resolved. */
export interface ConnectionSettings {
  readonly kind: 'ssh' | 'local';
  /** Name in the inventory, for messages. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile?: string | undefined;
  /** Where `privateKeyFile` stands, for messages. */
  readonly privateKeySpan?: Span | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly knownHostsFiles?: readonly string[] | undefined;
  readonly acceptNewHostKeys: boolean;
  readonly connectTimeoutMs: number;
  /** Tried after `privateKeyFile`; those that are not there are passed over. undefined: those that ssh tries by itself. */
  readonly identityFiles?: readonly string[] | undefined;
  /** Certificates of keys, beside those that lie beside the key files. */
  readonly certificateFiles?: readonly string[] | undefined;
  /** Of an agent, only the keys that files name. */
  readonly identitiesOnly?: boolean | undefined;
  /** The agent's socket; null: none. undefined: that of the environment. */
  readonly agentSocket?: string | null | undefined;
  /** The name in known_hosts, instead of address and port. */
  readonly hostKeyAlias?: string | undefined;
  readonly addressFamily?: 4 | 6 | undefined;
  /** The address of this machine to connect from. */
  readonly bindAddress?: string | undefined;
  /** A host that says nothing for the interval, `count` times, is lost; an interval of 0: never. undefined: a minute. */
  readonly keepalive?: { readonly intervalMs: number; readonly count: number } | undefined;
  /** Whether the host may use the agent, or the socket of the one that it may use. */
  readonly forwardAgent?: boolean | string | undefined;
  /** undefined: straight to the address. */
  readonly proxy?: HostProxy | undefined;
  /** What shows and adds the keys of the inventory's hosts, for hints: `syn-deploy trust inventory.yaml`. */
  readonly trustCommand?: string | undefined;
  /** Where settings are from that ssh's configuration has, for messages: `HostName at ~/.ssh/config:3`. */
  readonly origins?: readonly string[] | undefined;
}

/** What stands between this machine and a host. */
export type HostProxy =
  /** A host that is logged in to first, and passes the line on. */
  | { readonly kind: 'jump'; readonly via: ConnectionSettings }
  /** A command of this machine whose standard input and output are the line. */
  | { readonly kind: 'command'; readonly command: string };

/** Root (or another account) by sudo, for one exec. */
export interface Become {
  readonly user: string;
  /** Written to sudo's standard input only when it asks. */
  readonly password?: string | undefined;
}

/** One script to run. Everything travels on standard input; nothing of it is in an argument list. */
export interface Exec {
  /** sh text, in pieces, so that large contents need not be in memory at once. */
  readonly script: Iterable<string> | AsyncIterable<string>;
  readonly become?: Become | undefined;
  onStdout(chunk: Uint8Array): void;
  onStderr(chunk: Uint8Array): void;
  /**
   * Asked after each piece of output: whether the script has said its last. Its shell is then kept for the next script of the
   * same account, which saves the round trips and processes of another. Without it, the script is over when its shell is.
   */
  isOver?(): boolean;
  readonly signal?: AbortSignal | undefined;
  /** The script is sent: with a way to write to the standard input of its shell, behind it. */
  onStarted?(write: (text: string) => void): void;
}

export interface ExecResult {
  /** null when a signal ended it, or when the channel closed without a status. */
  readonly exitStatus: number | null;
  readonly signal: string | null;
}

/** A login that stays open for the run. */
export interface Connection extends AsyncDisposable {
  /** The account that was logged in as. */
  readonly user: string;
  /** @throws Unreachable when the line is lost before the script's end; BecomeFailure when sudo refuses */
  exec(exec: Exec): Promise<ExecResult>;
}

export interface Transport {
  /** @throws Unreachable */
  connect(settings: ConnectionSettings, signal?: AbortSignal): Promise<Connection>;
}

/** A host could not be reached, refused the login, or was lost. An ordinary outcome, exit status 4. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  readonly reason: 'connect' | 'host-key' | 'login' | 'lost' | 'timeout';
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(reason: Unreachable['reason'], message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.hint = hint;
  }
}

/** sudo said no (wrong or missing password, no right). */
export class BecomeFailure extends Error {
  override readonly name = 'BecomeFailure';
}
