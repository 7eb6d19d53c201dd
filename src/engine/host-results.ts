import { additionsName } from '../model/host.ts';
import type { Play } from '../model/play.ts';
import { Blocked } from '../model/unknown.ts';
import { deferred } from '../util/deferred.ts';
import { type Added, addedIn } from './additions.ts';
import { type HostState, newState, stateOf } from './host-state.ts';
import type { Dynamic } from './host-variables.ts';
import { behind, earlier, isBefore, type Position } from './position.ts';
import type { Questions } from './questions.ts';
import { ResultWaits } from './result-waits.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import type { Selection } from './selection.ts';
import { type Setter, type Setters, settersOf } from './setters.ts';
import { type LookLate, SharedFacts } from './shared-facts.ts';
import { isSystemVariable } from './system-variables.ts';
import { groupByName, type Once, type SetValue, type Told, toldByOther } from './told.ts';

/** A task that runs once. @see HostResults.readOnce */
export interface OnceTask {
  readonly id: string;
  /** Name and place, for people. */
  readonly told: string;
}

export interface OnceTold {
  /** Who ran it. */
  readonly host: string;
  readonly once: Once;
}

const noSetters: Setters = { byName: new Map(), includes: [] };

/**
 * What the hosts of a run have to tell one another: the variables that their tasks have set (`register`, `set_fact`), for
 * `hostvars`.
 *
 * A host that reads a variable of another sees what the tasks have set there that come before its own in the playbook, as if
 * all hosts went through it task by task together, as Ansible's do. While the other host has not come so far, the reader is
 * blocked. Since everybody waits only for what comes earlier in the playbook, hosts never wait for one another in a circle.
 */
export class HostResults {
  readonly #hosts: Map<string, HostState>;
  readonly #setters = new Map<Play, Setters>();
  readonly #plays: readonly Play[];
  /** What machines they are. */
  readonly facts: SharedFacts;
  /** For what is still to be told. */
  readonly waits: ResultWaits;
  /** Of tasks, asked once for all hosts; undefined: by each host alone. */
  questions: Questions | undefined;
  readonly #mode: RunOptions['mode'];
  /** Hosts that are run on together, in order. */
  #batch: readonly string[];

  /**
   * All hosts are taken to be run on until batches are begun: so it is while nothing is contacted.
   *
   * @param lookLate  see `SharedFacts`
   */
  constructor(
    work: readonly HostWork[],
    selection: Selection,
    mode: RunOptions['mode'],
    lookLate?: LookLate,
  ) {
    this.#mode = mode;
    this.facts = new SharedFacts(work, mode, lookLate);
    this.#plays = work[0]?.allPlays ?? [];
    this.#batch = work.map(({ host }) => host.name);
    for (const [index, play] of this.#plays.entries())
      this.#setters.set(play, settersOf(play, index, selection));
    this.#hosts = new Map(work.map(({ host, plays }) => [host.name, newState(host.name, plays, 'running')]));
    this.waits = new ResultWaits(this.#hosts, this.facts);
  }

  /** Hosts are in plays, or in the run at all, since tasks have put them there. Between batches. */
  grow(work: readonly HostWork[]): void {
    this.facts.grow(work);
    for (const { host, plays } of work) {
      const known = this.#hosts.get(host.name);
      if (known === undefined) this.#hosts.set(host.name, newState(host.name, plays, 'waiting'));
      else known.plays = plays;
    }
  }

  /** What tasks have added to the inventory so far, of all hosts. */
  get added(): Added {
    return [...this.#hosts.values()].flatMap((state) =>
      addedIn(this.#byName(state).get(additionsName)?.at(-1)?.value),
    );
  }

  /**
   * What tasks have added to the inventory before a place in a play, of all its hosts.
   *
   * @param reader  who asks, and what its own tasks have added
   * @throws Blocked while another host has not come so far
   */
  addedIn(play: Play, at: Position, reader: { readonly host: string; readonly added: Added }): Added {
    return [...this.#hosts.values()]
      .filter(({ plays }) => plays.includes(play))
      .flatMap(({ name }) =>
        name === reader.host ? reader.added : addedIn(this.read(name, additionsName, at, () => true)),
      );
  }

  /** Only the hosts of the batch are run on from now on. */
  beginBatch(work: readonly HostWork[]): void {
    this.facts.beginBatch(work);
    this.#batch = work.map(({ host }) => host.name);
    const batch = new Map(work.map(({ host, plays }) => [host.name, plays]));
    for (const state of this.#hosts.values()) {
      const plays = batch.get(state.name);
      if (plays === undefined) {
        if (state.stage === 'running') state.stage = 'waiting';
        continue;
      }
      state.stage = 'running';
      state.isPrompt = true;
      state.before = [...state.before, ...state.told.values];
      const [first] = plays;
      const reached = first === undefined ? [] : [this.#plays.indexOf(first)];
      state.told = { ...state.told, values: [], once: new Map(), reached };
    }
  }

  /** Variables that tasks of the host have set in batches that are over. */
  setBefore(host: string): Dynamic {
    const { before } = this.#stateOf(host);
    return Object.fromEntries(before.map(({ name, value }) => [name, value]));
  }

  /** The host tells everything that it has to tell by now. */
  tell(host: string, told: Told): void {
    const state = this.#stateOf(host);
    state.told = this.#mode === 'check' ? toldByOther(told, host) : told;
    state.byName = undefined;
    state.secrets.add(told.secrets);
    this.#notify(state);
  }

  /** The host has something to do, or to wait for, before it tells more. */
  hold(host: string): void {
    const state = this.#stateOf(host);
    if (!state.isPrompt) return;
    state.isPrompt = false;
    this.#notify(state);
  }

  /** The host tells nothing more: it is over, well or not. @param isLost  it cannot be reached */
  leave(host: string, { isLost }: { readonly isLost: boolean }): void {
    this.facts.leave(host, isLost);
    const state = this.#stateOf(host);
    state.stage = 'over';
    this.#notify(state);
  }

  /** Whether the host takes part in the run. */
  has(host: string): boolean {
    return this.#hosts.has(host);
  }

  /** What must not be shown of what the host has told, of each of its batches. */
  secretsOf(host: string): Iterable<ReadonlySet<string>> {
    return this.#hosts.get(host)?.secrets ?? [];
  }

  /** Names that the host's tasks have set, or will. */
  namesOf(host: string): Iterable<string> {
    const state = this.#hosts.get(host);
    if (state === undefined) return [];
    const names = [
      ...this.#byName(state).keys(),
      ...state.plays.flatMap((play) => [...this.#settersIn(play).byName.keys()]),
    ];
    return names.filter((name) => name !== additionsName);
  }

  /**
   * What the host's tasks have set before a place in the playbook.
   *
   * @param hasOther  whether the variable has a value without any task
   * @returns undefined: nothing was set, and will not be
   * @throws Blocked when it cannot be told yet
   */
  read(host: string, name: string, before: Position, hasOther: () => boolean): unknown {
    const state = this.#hosts.get(host);
    if (state === undefined) return undefined;
    const setter = this.#lastSetter(state, name, before);
    if (setter !== undefined && this.#isToCome(state, setter.until))
      throw this.#blocked(state, `"${name}" of ${host}, which ${setter.told} sets`, setter);
    const set = this.#byName(state)
      .get(name)
      ?.findLast(({ at }) => isBefore(at, before));
    if (set !== undefined || hasOther()) return set?.value;
    this.#wantIncludesOpened(state, name, before);
    return undefined;
  }

  /**
   * What a task that runs once has come to on the host that runs it: the first of the batch that comes to it.
   *
   * @returns undefined: that is the reader itself
   * @throws Blocked while that is not known, or not done
   */
  readOnce(reader: string, play: Play, { id, told }: OnceTask, at: Position): OnceTold | undefined {
    for (const host of this.#batch) {
      if (host === reader) return undefined;
      const state = this.#stateOf(host);
      if (!state.plays.includes(play)) continue;
      const once = state.told.once.get(id);
      if (once !== undefined) return { host, once };
      const until = behind(at);
      if (state.stage !== 'running' || !isBefore(state.told.reached, until)) continue;
      const because = `${told}, which ${host} runs once for all`;
      this.waits.add(because, { host, play, until });
      throw new Blocked(because);
    }
    return undefined;
  }

  /** Why a variable is not there that the host's tasks might have set, for messages. */
  explain(host: string, name: string, before: Position): string | undefined {
    const state = this.#hosts.get(host);
    if (state === undefined)
      return `${host} takes no part in this run, so that what its tasks set is not known`;
    const setter = this.#lastSetter(state, name, before);
    if (setter === undefined && isSystemVariable(name)) return `${host} could not be looked at`;
    if (setter === undefined) {
      const later = this.#firstSetter(state, name);
      return later === undefined ? undefined : `${later.told} sets it, which comes later in the playbook`;
    }
    const { told } = setter;
    if (state.stage === 'waiting')
      return `${told} sets it, and ${host} has not begun: it is in a later batch of this run`;
    const isPassed = !isBefore(state.told.reached, setter.until);
    return `${told} sets it, and ${isPassed ? `has not set it on ${host}` : `${host} did not come to its end`}`;
  }

  /** The play that a place is in. */
  playAt([index = -1]: Position): Play | undefined {
    return this.#plays[index];
  }

  #stateOf(host: string): HostState {
    return stateOf(this.#hosts, host);
  }

  #notify(state: HostState): void {
    const { news } = state;
    state.news = deferred();
    news.resolve();
  }

  #byName(state: HostState): ReadonlyMap<string, readonly SetValue[]> {
    state.byName ??= groupByName([...state.before, ...state.told.values]);
    return state.byName;
  }

  #settersIn(play: Play): Setters {
    return this.#setters.get(play) ?? noSetters;
  }

  /** The last task that may set the variable before a place. */
  #lastSetter({ plays }: HostState, name: string, before: Position): Setter | undefined {
    for (let at = plays.length - 1; at >= 0; at -= 1) {
      const found = this.#settersIn(plays[at] as Play)
        .byName.get(name)
        ?.findLast((setter) => isBefore(setter.at, before));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #firstSetter({ plays }: HostState, name: string): Setter | undefined {
    return plays.flatMap((play) => this.#settersIn(play).byName.get(name) ?? [])[0];
  }

  /** Whether the host may still come so far, or an audit cannot tell what there would have been. */
  #isToCome({ stage, told }: HostState, until: Position): boolean {
    const mayCome = stage === 'running' || (stage === 'over' && this.#mode === 'check');
    return mayCome && isBefore(told.reached, until);
  }

  #blocked(state: HostState, because: string, setter: Setter, until = setter.until): Blocked {
    this.waits.add(because, { host: state.name, play: setter.play, until });
    return new Blocked(because);
  }

  /** A name that nobody knows may be set by tasks that an include brings. */
  #wantIncludesOpened(state: HostState, name: string, before: Position): void {
    const closed = state.told.unopened.find(({ at }) => isBefore(at, before));
    if (closed !== undefined) throw new Blocked(closed.because);
    const include = state.plays
      .flatMap((play) => this.#settersIn(play).includes)
      .findLast(({ at }) => isBefore(at, before));
    if (include === undefined) return;
    const until = earlier(include.until, before);
    if (this.#isToCome(state, until))
      throw this.#blocked(state, `"${name}" of ${state.name}, which ${include.told} may set`, include, until);
  }
}
