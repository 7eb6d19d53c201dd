import type { Play } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { Slots } from '../util/slots.ts';
import { Line } from './line.ts';
import type { HostAccess, HostWork, RunOptions } from './run-options.ts';

/** One machine of a run: its own tasks, and those of other hosts that are delegated to it, take turns on it. */
export class Machine {
  readonly #turn = new Slots(1);
  #deeds = 0;

  /** Scripts that changed something there, of whoever. */
  get deeds(): number {
    return this.#deeds;
  }

  /** A script that changes something is about to run. */
  countDeed(): void {
    this.#deeds += 1;
  }

  /** One script at a time. */
  async use<T>(script: () => Promise<T>): Promise<T> {
    return await this.#turn.use(script);
  }
}

/** A machine that tasks of other hosts are delegated to, logged in to. */
export interface Delegate {
  readonly name: string;
  readonly line: Line;
  readonly access: HostAccess;
  readonly host: HostWork['host'];
}

/** All machines of a run. Those that tasks are delegated to are logged in to once, for all hosts, and left at its end. */
export class Machines implements AsyncDisposable {
  readonly #options: RunOptions;
  #delegate: RunOptions['delegate'];
  readonly #machines = new Map<string, Machine>();
  readonly #delegates = new Map<string, Promise<Delegate>>();
  #files: ProjectFiles;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#files = options.files;
    this.#delegate = options.delegate;
  }

  /** Who tasks can be delegated to is told by this from now on. */
  set delegate(delegate: RunOptions['delegate']) {
    this.#delegate = delegate;
  }

  /** The project's files as they are by now. */
  get files(): ProjectFiles {
    return this.#files;
  }

  /** A task has acted on the machine that runs this. */
  renewFiles(): void {
    this.#files = this.#files.anew?.() ?? this.#files;
  }

  of(name: string): Machine {
    const known = this.#machines.get(name) ?? new Machine();
    this.#machines.set(name, known);
    return known;
  }

  /**
   * A machine that a task is delegated to.
   *
   * @param name  of a host of the inventory, or an address
   * @throws Unreachable; TaskFailure when nobody knows a way there
   */
  async open(name: string, play: Play): Promise<Delegate> {
    const known = this.#delegates.get(name) ?? this.#open(name, play);
    this.#delegates.set(name, known);
    try {
      return await known;
    } catch (error) {
      // Who comes later tries for itself.
      this.#delegates.delete(name);
      throw error;
    }
  }

  async #open(name: string, play: Play): Promise<Delegate> {
    const { transport, signal, sleep, now, guard, emit } = this.#options;
    const delegate = this.#delegate;
    if (delegate === undefined) throw new Error('nobody says how to get to other hosts');
    const { host, access } = delegate(name, play);
    const line = await Line.open({
      connect: () => transport.connect(access.settings, signal),
      sleep,
      now,
      patienceMs: guard?.reconnectMs ?? 0,
      onLost: (message) =>
        emit({ type: 'warned', host: null, message: `${name}: ${message}; logging in again` }),
    });
    return { name: host.name, line, access, host };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of this.#delegates.values()) {
      const delegate = await opened.catch(() => undefined);
      await delegate?.line[Symbol.asyncDispose]();
    }
  }
}
