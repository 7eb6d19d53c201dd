import type { Sh } from './sh.ts';
import type { Unknown } from './unknown.ts';

/** "Is not there", as a fact says it. (An absent *parameter* means "leave it alone"; `Unknown` is the third thing.) */
export const absent = 'absent';
export type Absent = typeof absent;

/** The account that a look or an action is made as, with its environment. */
export interface Identity {
  /** Login name on the host; undefined means the account that the script itself runs as. */
  readonly user?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Names one observable thing on a host, and carries the type of what is seen there.
 *
 * `kind` is the file in `facts/` that reads it; `id` names the thing within its kind, in the host's own words (a
 * path, a package, a unit). `input` is what the reading script needs beyond the id; two keys of one kind and id are the
 * same fact, and their inputs are merged by the kind.
 */
export interface FactKey<V = unknown> {
  readonly kind: string;
  readonly id: string;
  readonly input?: unknown;
  /** Phantom: never set. */
  readonly value?: V;
}

/** The look itself went wrong ("permission denied"): not absent, not unknown. Reading it fails the task. */
export class FactFailure {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** What a host printed is not of the form that a look prints; the offending text is in the message. The host has failed. */
export class StrangeOutput extends Error {
  override readonly name = 'StrangeOutput';
}

/** What a kind's parser found for one key. */
export type Observed<V = unknown> = V | Absent | FactFailure;

/** How all facts of one kind are read together: one piece of sh, one parser. A file in `facts/` each. */
export interface FactKind<V = unknown> {
  readonly kind: string;
  /**
   * Read-only sh that prints what `parse` reads, for all keys at once, in as few processes as can be. It runs
   * with `LC_ALL=C`, standard input from /dev/null, as the exec's account (root, as a rule).
   */
  script(keys: readonly FactKey<V>[]): Sh;
  /**
   * @param output  what the script printed on standard output, decoded as UTF-8
   * @returns by key id, a value for every key
   * @throws StrangeOutput when the output is not of the documented form; nothing else, whatever it is
   */
  parse(output: string, keys: readonly FactKey<V>[]): ReadonlyMap<string, Observed<V>>;
  /** A NUL ends fields of the output. Default: there is none in it, and a host that prints one is refused: no argument could carry it. */
  readonly hasNul?: boolean;
  /** One key for two of the same id. Default: the first. */
  merge?(first: FactKey<V>, second: FactKey<V>): FactKey<V>;
  /**
   * The part of the value that stays the same while nobody touches the thing (no times, no counters), for the
   * manifest. Default: the whole value.
   */
  lasting?(value: V): unknown;
}

/** What a plan may look at. Reading marks the task as depending on the fact. */
export interface Facts {
  /**
   * @throws Blocked when the fact is unknown until an earlier task's action has happened
   * @throws TaskFailure when the look itself failed
   */
  get<V>(key: FactKey<V>): V | Absent;
  /** Asks for facts that another fact has led to all at once, so that they take one more look and not one each. */
  together?(keys: readonly FactKey[]): void;
}

/** A fact after an action: what it will be, or that it cannot be told. */
export interface FactEffect<V = unknown> {
  readonly key: FactKey<V>;
  readonly value: V | Absent | Unknown;
}

/** What an action does to a fact that it need not know otherwise: a folder's time when something in it is replaced. */
export interface FactRevision {
  readonly key: FactKey;
  /** Properties that are other after the action, where the thing is there and known. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Facts that an action may change in ways it cannot tell: all of a kind, or those below a directory.
 * `everything` is for actions that may do anything (a command, a package's scripts).
 */
export type Taint = 'everything' | { readonly kind: string; readonly under?: string | undefined };
