import { type ManifestEntry, type MemoryFact, memory } from '../facts/memory.ts';
import { type SystemFact, system } from '../facts/system.ts';
import type { Action, ActionOutcome } from '../model/action.ts';
import type { Emit } from '../model/event.ts';
import type { Become } from '../model/transport.ts';
import { type Lock, lockFolder } from '../shell/lock.ts';
import { shortHash } from '../util/short-hash.ts';
import { Debts } from './debts.ts';
import { type ExchangeListener, exchange, type SentAction } from './exchange.ts';
import type { HostResults } from './host-results.ts';
import { HostVariables } from './host-variables.ts';
import type { Accounts } from './identity.ts';
import type { Line } from './line.ts';
import { LiveOutput } from './live-output.ts';
import { manifestId, parseManifest } from './manifest.ts';
import { Mask } from './mask.ts';
import { WantedFacts } from './observe.ts';
import { factName, type Observation } from './overlay.ts';
import type { PlannedTask } from './planned.ts';
import type { HostWork, RunOptions } from './run-options.ts';

/** How a host was logged in to. */
export interface Login {
  readonly line: Line;
  readonly accounts: Accounts;
  readonly becomePassword: string | undefined;
}

/** Both; where both know a fact, as the second has it. Most hosts are looked at once: then it is that look itself. */
const union = (first: Observation, second: Observation): Observation => {
  if (first.size === 0) return second;
  return second.size === 0 ? first : new Map([...first, ...second]);
};

const nothing = (): void => {};

/** The line to one host, and what is known of the host by now: what was last seen, and what it remembers. */
export class HostSession {
  readonly host: string;
  readonly options: RunOptions;
  readonly accounts: Accounts;
  readonly variables: HostVariables;
  readonly debts: Debts;
  /** Every secret that turns up is to be added to it. */
  readonly mask: Mask;
  /** Masked. */
  readonly emit: Emit;
  readonly #results: HostResults;
  readonly #line: Line;
  readonly #become: Become | undefined;
  readonly #manifests = new Map<string, ReadonlyMap<string, ManifestEntry>>();
  #observation: Observation = new Map();
  #found: Observation = new Map();
  #remembered: MemoryFact | undefined;
  #execs = 0;
  #waves = 0;

  constructor({ host, access }: HostWork, options: RunOptions, login: Login, results: HostResults) {
    this.host = host.name;
    this.options = options;
    this.accounts = login.accounts;
    this.debts = new Debts((playbook) => options.origin.nameOf(playbook));
    this.mask = new Mask(options.mask);
    const hide = (secret: string): void => this.mask.add(secret);
    this.variables = new HostVariables(host, options.variables, { results, hide });
    this.emit = (event) => options.emit(this.mask.value(event));
    this.#results = results;
    this.#line = login.line;
    const { exec } = login.accounts;
    this.#become = exec === login.line.user ? undefined : { user: exec, password: login.becomePassword };
    for (const secret of [login.becomePassword, access.settings.password])
      if (secret !== undefined) this.mask.add(secret);
  }

  /** What was seen by the last look. */
  get observation(): Observation {
    return this.#observation;
  }

  /** Every fact as it was when it was first looked at: before anything was done to it, since nothing is planned unseen. */
  get found(): Observation {
    return this.#found;
  }

  get execs(): number {
    return this.#execs;
  }

  /** Execs that changed something. */
  get waves(): number {
    return this.#waves;
  }

  get isRoot(): boolean {
    return this.accounts.exec === 'root';
  }

  /** The fact of what the host remembers. */
  get memoryKey() {
    return memory(this.isRoot);
  }

  newWanted(): WantedFacts {
    return new WantedFacts(this.options.kinds);
  }

  /** The playbook's manifest as the host has it; undefined where there is none. */
  manifestText(playbook: string): string | undefined {
    return this.#remembered?.manifests.get(manifestId(this.options.origin.nameOf(playbook)));
  }

  /** What a run of the playbook made that did not come to writing its manifest, by resource. */
  made(playbook: string): ReadonlySet<string> {
    return this.#remembered?.made.get(manifestId(this.options.origin.nameOf(playbook))) ?? new Set();
  }

  /** What the playbook managed when it was last applied, by resource. */
  manifest(playbook: string): ReadonlyMap<string, ManifestEntry> {
    if (this.#remembered === undefined) return new Map();
    // It is read once, and asked for in every pass and for every task that acts.
    const known = this.#manifests.get(playbook) ?? parseManifest(this.manifestText(playbook));
    this.#manifests.set(playbook, known);
    return known;
  }

  /** Tells that something other than the host is waited for. */
  waitFor(detail: string): void {
    this.#tellStage('wait', detail);
  }

  /**
   * One exec: the actions, then a look at everything wanted.
   *
   * @param onOutcome  called as actions end, in order; also for those that ended before the line was lost
   * @returns false when nothing was done, since another run may have changed the host after it was looked at
   * @throws Unreachable, BecomeFailure, TimedOut, BrokenScript, Locked
   */
  async exchange(
    actions: readonly SentAction<PlannedTask>[],
    wanted: WantedFacts,
    stage: 'observe' | 'act' | 'prove',
    onOutcome: (task: PlannedTask, outcome: ActionOutcome) => void = () => {},
  ): Promise<boolean> {
    const acts = actions.length > 0;
    if (acts) this.#waves += 1;
    this.#tellStage(stage, acts ? `${actions.length} actions` : `${wanted.size} facts`);
    const { host, emit } = this;
    const shown = this.#liveOutput();
    const result = await this.#exec(actions, wanted, {
      started: ({ task, action }) =>
        emit({ type: 'action-started', host, task: task.ref, summary: action.summary }),
      printed: shown.printed,
      ended: (sent, outcome) => {
        shown.ended(sent);
        const { task } = sent;
        const { exitStatus, durationMs } = outcome;
        onOutcome(task, outcome);
        emit({ type: 'action-finished', host, task: task.ref, exitStatus, durationMs });
      },
      observing: () => {
        if (acts) this.#tellStage('observe', `${wanted.size} facts`);
      },
      locked: this.#onLocked,
    });
    if (result.isStale) return false;
    this.#found = union(result.observation, this.#found);
    this.#observation = acts ? result.observation : union(this.#observation, result.observation);
    this.#learn();
    return true;
  }

  /** Tells what actions print, but for secret tasks. */
  #liveOutput() {
    const { host, emit, mask } = this;
    const outputs = new Map<SentAction<PlannedTask>, Record<'stdout' | 'stderr', LiveOutput>>();
    const tell = ({ task }: SentAction<PlannedTask>, stream: 'stdout' | 'stderr', text: string): void => {
      if (text !== '') emit({ type: 'action-printed', host, task: task.ref, stream, text });
    };
    return {
      printed: (sent: SentAction<PlannedTask>, stream: 'stdout' | 'stderr', text: string): void => {
        if (sent.task.secret) return;
        const both = outputs.get(sent) ?? { stdout: new LiveOutput(mask), stderr: new LiveOutput(mask) };
        outputs.set(sent, both);
        tell(sent, stream, both[stream].feed(text));
      },
      ended: (sent: SentAction<PlannedTask>): void => {
        const both = outputs.get(sent);
        outputs.delete(sent);
        for (const stream of ['stdout', 'stderr'] as const) tell(sent, stream, both?.[stream].end() ?? '');
      },
    };
  }

  /** An exec for what the host is to remember; failing at it is no failure of the run. */
  async bookkeep(action: Action): Promise<void> {
    const sent: SentAction<null> = { task: null, action, identity: {} };
    const listener = {
      ...{ started: nothing, printed: nothing, ended: nothing, observing: nothing },
      locked: this.#onLocked,
    };
    const { outcomes } = await this.#exec([sent], this.newWanted(), listener, { isRepeatable: true });
    const [outcome] = outcomes;
    if (outcome === undefined || outcome.exitStatus === 0) return;
    const message = `what is managed could not be noted: ${outcome.stderr.trim()}`;
    this.emit({ type: 'warned', host: this.host, message });
  }

  #exec<T>(
    actions: readonly SentAction<T>[],
    wanted: WantedFacts,
    listener: ExchangeListener<T>,
    { isRepeatable = false } = {},
  ) {
    const { nonce, now, signal, stop, timeoutMs } = this.options;
    const lock = this.#lock(actions.length > 0 && this.#execs > 0);
    this.#execs += 1;
    const options = { become: this.#become, nonce, now, signal, stop, timeoutMs, lock, isRepeatable };
    return exchange(this.#line, actions, wanted, listener, options);
  }

  /** Reading needs none. */
  #lock(isHeld: boolean): Lock | undefined {
    const { guard, mode } = this.options;
    if (guard === undefined || mode === 'check') return undefined;
    const { run, holder, lockTimeoutMs } = guard;
    return {
      ...{ run, holder, isHeld },
      folder: lockFolder(this.isRoot),
      host: shortHash(this.host),
      timeoutS: Math.ceil(lockTimeoutMs / 1000),
    };
  }

  readonly #onLocked = (holder: string): void => {
    const other = `another run that has this host: ${holder}`;
    this.emit({ type: 'warned', host: this.host, message: `waits for ${other}` });
    this.waitFor(other);
  };

  #tellStage(stage: 'observe' | 'act' | 'prove' | 'wait', detail: string): void {
    this.emit({ type: 'stage-started', host: this.host, stage, wave: this.#waves, detail });
  }

  /** Facts that the engine itself lives on. */
  #learn(): void {
    const machine = this.#observation.get(factName(system));
    if (machine !== undefined) {
      this.variables.setSystemFacts(machine as SystemFact);
      this.#results.facts.tell(this.host, machine as SystemFact);
    }
    const remembered = this.#observation.get(factName(this.memoryKey));
    if (remembered === undefined || this.#remembered !== undefined) return;
    this.#remembered = remembered as MemoryFact;
    this.debts.find(this.#remembered.owed);
  }
}
