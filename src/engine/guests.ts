import type { ProjectFiles } from '../model/project.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Unreachable } from '../model/transport.ts';
import { Blocked } from '../model/unknown.ts';
import type { Scope } from '../template/scope.ts';
import { addsToInventory } from './additions.ts';
import { describeTask } from './decision.ts';
import { HostFailed } from './host-failed.ts';
import type { HostSession } from './host-session.ts';
import { HostVariables } from './host-variables.ts';
import { userOf } from './identity.ts';
import type { Instance } from './instance.ts';
import { MachineSession } from './machine-session.ts';
import type { Delegate, Machines } from './machines.ts';
import type { WantedFacts } from './observe.ts';
import { factName, NotObserved, Overlay } from './overlay.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import type { Delegated, PlannedTask } from './planned.ts';

/** Another machine as one host of the run acts on it, by one account. */
interface Guest {
  readonly delegated: Delegated;
  readonly session: MachineSession;
  readonly exec: string;
  /** It is the machine that runs this. */
  readonly isHere: boolean;
  /** Everything that any task of the host wanted to know of it. */
  readonly wanted: WantedFacts;
}

/** Another machine, as far as no task has said yet by which account. */
interface Place {
  readonly delegate: Delegate;
  /** The machine's own variables: how to become somebody there. */
  readonly connection: Scope;
}

/** How a pass plans for the machines that tasks are delegated to. */
export interface GuestPass {
  /**
   * What an instance is planned with: that of its host, or of the machine that it is delegated to.
   *
   * @throws Blocked, TemplateError; NotObserved while nobody has logged in there
   */
  environmentOf(instance: Instance, own: PlanEnvironment): PlanEnvironment;
  /** The facts there, with what is planned laid over them. */
  overlayOf(delegated: Delegated): Overlay;
}

const hasMissing = ({ wanted, session }: Guest): boolean =>
  wanted.keys().some((key) => !session.observation.has(factName(key)));

/**
 * The other machines that tasks of a host are delegated to. Their facts are looked at there, and their actions done there, as
 * those of the host itself are: all facts at once, actions as they come.
 *
 * @see docs/decisions/0012-delegation.md
 */
export class Guests {
  readonly #session: HostSession;
  readonly #machines: Machines;
  /** The host is the machine that runs this: what is delegated there is its own. */
  readonly #isLocal: boolean;
  readonly #places = new Map<string, Place>();
  readonly #guests = new Map<string, Guest>();
  /** Machines that a task is delegated to and nobody has logged in to, by name. */
  readonly #unopened = new Map<string, Instance>();

  constructor(session: HostSession, machines: Machines, isLocal: boolean) {
    this.#session = session;
    this.#machines = machines;
    this.#isLocal = isLocal;
  }

  get execs(): number {
    return this.#sum(({ session }) => session.execs);
  }

  get waves(): number {
    return this.#sum(({ session }) => session.waves);
  }

  /** As `MachineSession.running`. */
  get running(): PlannedTask | undefined {
    return [...this.#guests.values()].find(({ session }) => session.running !== undefined)?.session.running;
  }

  /** Others have acted there since this host has looked. */
  get isOutdated(): boolean {
    return [...this.#guests.values()].some(({ session, wanted }) => wanted.size > 0 && session.isOutdated);
  }

  /** The project's files as they are by now. */
  get files(): ProjectFiles {
    return this.#machines.files;
  }

  /** The host is the machine that runs this. */
  get isLocal(): boolean {
    return this.#isLocal;
  }

  /** The project may be another by now. */
  renewFiles(): void {
    this.#machines.renewFiles();
  }

  /** Something was done on a machine: it may be the one that runs this. @param on  undefined: the host */
  noteDeed(on: Delegated | undefined): void {
    if (on === undefined ? this.#isLocal : this.#guestOf(on.key).isHere) this.renewFiles();
  }

  sessionOf({ key }: Delegated): MachineSession {
    return this.#guestOf(key).session;
  }

  wantedOf({ key }: Delegated): WantedFacts {
    return this.#guestOf(key).wanted;
  }

  beginPass(options: { readonly blockOnTaint: boolean }): GuestPass {
    const overlays = new Map<string, Overlay>();
    const overlayOf = ({ key }: Delegated): Overlay => {
      const overlay = overlays.get(key) ?? new Overlay(this.#guestOf(key).session.observation, options);
      overlays.set(key, overlay);
      return overlay;
    };
    return {
      overlayOf,
      environmentOf: (instance, own) => {
        const name = this.#nameOf(instance);
        if (name === undefined) return own;
        const place = this.#places.get(name);
        if (place === undefined) {
          this.#unopened.set(name, instance);
          throw new NotObserved([]);
        }
        const { connection } = place;
        const guest = this.#guestAt(name, place, instance);
        const { become } = own.accounts;
        return {
          ...own,
          overlay: overlayOf(guest.delegated),
          accounts: { login: place.delegate.line.user, exec: guest.exec, become },
          delegated: guest.delegated,
          isHere: guest.isHere,
          connection,
          want: (keys) => guest.wanted.add(keys),
        };
      },
    };
  }

  /**
   * Logs in where tasks are delegated to.
   *
   * @returns whether that was anywhere new: then there is more to ask for
   * @throws Unreachable, HostFailed
   */
  async open(): Promise<boolean> {
    if (this.#unopened.size === 0) return false;
    for (const [name, instance] of this.#unopened) {
      this.#places.set(name, await this.#open(name, instance));
      this.#unopened.delete(name);
    }
    return true;
  }

  /** Looks at everything that is wanted. @param which  `missing`: only where something was never looked at */
  async look(which: 'all' | 'missing', stage: 'observe' | 'prove' = 'observe'): Promise<void> {
    const meant = [...this.#guests.values()].filter(
      (guest) => guest.wanted.size > 0 && (which === 'all' || hasMissing(guest)),
    );
    await Promise.all(
      meant.map(({ session, wanted }) => session.exchange([], wanted, stage, () => {}, true)),
    );
  }

  /** Something is wanted that nobody has looked at, or nobody has logged in for. */
  get lacks(): boolean {
    return this.#unopened.size > 0 || [...this.#guests.values()].some(hasMissing);
  }

  #nameOf({ task, scope }: Instance): string | undefined {
    if (task.isLocal === true) return this.#isLocal ? undefined : 'localhost';
    if (task.delegateTo === undefined) return undefined;
    const name = String(scope.render(task.delegateTo.text)).trim();
    if (name === '') throw new TaskFailure('delegate_to names no host');
    return name === this.#session.host ? undefined : name;
  }

  #guestAt(name: string, { delegate, connection }: Place, { task, scope }: Instance): Guest {
    const { line, access } = delegate;
    const { host, mask, emit, options } = this.#session;
    const { become } = options;
    const user = userOf(task, scope, { login: line.user, become }, connection);
    const exec = user === line.user ? user : 'root';
    const key = JSON.stringify([name, exec]);
    const known = this.#guests.get(key);
    if (known !== undefined) return known;
    if (access.becomePassword !== undefined) mask.add(access.becomePassword);
    const login = { host, on: name, machine: this.#machines.of(delegate.name), line, exec };
    const guest: Guest = {
      delegated: { key, name },
      session: new MachineSession(options, {
        ...login,
        ...{ becomePassword: access.becomePassword, mask, emit },
      }),
      exec,
      isHere: access.settings.kind === 'local',
      wanted: this.#session.newWanted(),
    };
    this.#guests.set(key, guest);
    return guest;
  }

  async #open(name: string, instance: Instance): Promise<Place> {
    const { play } = instance;
    if (this.#isAddedHere(name, instance))
      throw new HostFailed(
        `${describeTask(instance)} is delegated to ${name}, which a task of this play has added: that can be done from the next play on`,
      );
    try {
      const delegate = await this.#machines.open(name, play);
      const variables = new HostVariables(delegate.host, this.#session.options.variables);
      return { delegate, connection: variables.playScope(play) };
    } catch (error) {
      const why = `${describeTask(instance)} is delegated to ${name}`;
      if (error instanceof TaskFailure) throw new HostFailed(`${why}: ${error.message}`);
      if (!(error instanceof Unreachable)) throw error;
      throw new Unreachable(error.reason, `${why}: ${error.message}`, error.hint, { cause: error });
    }
  }

  /** Which way leads to a host is known once the play is over that adds it. */
  #isAddedHere(name: string, { play, scope }: Instance): boolean {
    if (!addsToInventory(play)) return false;
    const { groups } = this.#session.options.variables.magic(
      { name, groups: [], variables: [] },
      play,
    ).values;
    const before = (groups as Readonly<Record<string, readonly string[]>>)['all'];
    try {
      return !before?.includes(name) && (scope.evaluate('groups.all') as readonly string[]).includes(name);
    } catch (error) {
      // Nobody knows yet what all hosts have added.
      if (error instanceof Blocked) return false;
      throw error;
    }
  }

  #guestOf(key: string): Guest {
    const guest = this.#guests.get(key);
    if (guest === undefined) throw new Error(`nothing was delegated to ${key}`);
    return guest;
  }

  #sum(count: (guest: Guest) => number): number {
    return [...this.#guests.values()].reduce((sum, guest) => sum + count(guest), 0);
  }
}
