import type { Emit } from '../model/event.ts';
import type { FactKind } from '../model/fact.ts';
import type { Addition, Host } from '../model/host.ts';
import type { Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { Removals } from '../model/removal.ts';
import type { ConnectionSettings, Transport } from '../model/transport.ts';
import type { VariableSources } from './host-variables.ts';
import type { Mask } from './mask.ts';
import type { Selection } from './selection.ts';

/** Who ran it, for the host's record of runs. */
export interface Origin {
  readonly user: string;
  readonly hostname: string;
  /** Commit of the project's checkout, where there is one. */
  readonly commit?: string | undefined;
  /**
   * The name by which a host knows a playbook: the same wherever the project is checked out, and no other project's, since
   * what a playbook of the name manages no more may be taken away.
   */
  nameOf(playbook: string): string;
}

/** How to get to a host, and to root there. */
export interface HostAccess {
  readonly settings: ConnectionSettings;
  readonly becomePassword: string | undefined;
}

/** A host and the plays it takes part in, in order. */
export interface HostWork {
  readonly host: Host;
  readonly plays: readonly Play[];
  /** Those that it takes part in once these are behind, in later batches, as far as anybody knows. */
  readonly laterPlays?: readonly Play[] | undefined;
  /** Names of the hosts that go through a `serial` play with it; undefined: all of the play. */
  readonly batch?: readonly string[] | undefined;
  /** All plays of the run, in order. */
  readonly allPlays: readonly Play[];
  readonly access: HostAccess;
}

/** What keeps a host to one run, and a run to its host. */
export interface Guard {
  /** Of this run; nobody can guess it. Hex. */
  readonly run: string;
  /** Who runs what, from where, since when: one line, for those who are kept waiting. */
  readonly holder: string;
  /** How long another run is waited for. Milliseconds. */
  readonly lockTimeoutMs: number;
  /** How long it is tried to log in again when the line was lost; 0: not at all. Milliseconds. */
  readonly reconnectMs: number;
}

/** What tasks may do on the machine that runs syn-deploy. */
export interface Machine {
  /** undefined: nobody is there to answer. */
  ask(question: string, options: { readonly hidden: boolean }): Promise<string | undefined>;
  /** Replaces a file as a whole, and makes the folders above it. @throws Error with the reason */
  write(path: string, bytes: Uint8Array): Promise<void>;
}

/** A run as it goes on once tasks have added to the inventory. */
export interface GrownRun extends Pick<RunOptions, 'work' | 'variables' | 'delegate'> {
  /** Hosts that there is no way to, and why. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Everything a run needs from outside: nothing in the engine reaches for the world by itself. */
export interface RunOptions {
  readonly mode: 'apply' | 'check';
  /** A task of the command line: nothing that it makes is managed from then on, and its result is told. */
  readonly isAdHoc?: boolean | undefined;
  readonly work: readonly HostWork[];
  readonly transport: Transport;
  /**
   * The machine that a task is delegated to, by the name or address that the task gives. undefined: tasks are not delegated.
   *
   * @throws TaskFailure when a variable of its connection is wrong
   */
  readonly delegate?: ((name: string, play: Play) => Pick<HostWork, 'host' | 'access'>) | undefined;
  readonly variables: VariableSources;
  /**
   * The work with what tasks have added to the inventory. undefined: nothing comes of it.
   *
   * @param additions  all so far
   * @param from       the first of all plays that has not begun: the hosts of those before stay who they are
   */
  readonly grow?: ((additions: readonly Addition[], from: number) => GrownRun) | undefined;
  readonly kinds: ReadonlyMap<string, FactKind>;
  readonly removals: Removals;
  readonly files: ProjectFiles;
  readonly selection: Selection;
  /** Hosts whose facts other hosts read, as far as that is known before: their first look asks for them. */
  readonly wantedSystemFacts?: Iterable<string> | undefined;
  /** `--become` */
  readonly become: boolean;
  /** Hosts at once. */
  readonly forks: number;
  /** For an action that sets none, and for a look. Milliseconds. */
  readonly timeoutMs: number;
  readonly emit: Emit;
  /** Secrets that are known before any host is: they are hidden on all of them. */
  readonly mask?: Mask | undefined;
  readonly now: () => Date;
  /** 128 bits nobody can guess, as hex. */
  readonly nonce: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly origin: Origin;
  /** What tasks may do on this machine; undefined: they may not. */
  readonly machine?: Machine | undefined;
  /** undefined: nothing keeps other runs away, and what runs ends with its line. */
  readonly guard?: Guard | undefined;
  /** What runs now is to be the last. */
  readonly stop?: AbortSignal | undefined;
  /** Interrupts the run: what runs is ended. */
  readonly signal?: AbortSignal | undefined;
}
