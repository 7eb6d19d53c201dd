import type { Action, ActionOutcome, HereStep } from '../model/action.ts';
import type { Emit } from '../model/event.ts';
import type { Become } from '../model/transport.ts';
import { type Lock, lockFolder } from '../shell/lock.ts';
import { shortHash } from '../util/short-hash.ts';
import { type ExchangeListener, exchange, type SentAction } from './exchange.ts';
import { doHere } from './here.ts';
import type { Line } from './line.ts';
import { LiveOutput } from './live-output.ts';
import type { Machine } from './machines.ts';
import type { Mask } from './mask.ts';
import { WantedFacts } from './observe.ts';
import type { Observation } from './overlay.ts';
import type { PlannedTask } from './planned.ts';
import type { Questions } from './questions.ts';
import type { RunOptions } from './run-options.ts';

/** How a machine is talked to, and for which host of the run. */
export interface MachineLogin {
  /** The host of the run whose tasks they are. */
  readonly host: string;
  /** The machine, where it is not that host's own. */
  readonly on?: string | undefined;
  readonly machine: Machine;
  readonly line: Line;
  /** The account that scripts run as. */
  readonly exec: string;
  readonly becomePassword: string | undefined;
  readonly mask: Mask;
  /** Masked. */
  readonly emit: Emit;
}

/** Both; where both know a fact, as the second has it. Most hosts are looked at once: then it is that look itself. */
const union = (first: Observation, second: Observation): Observation => {
  if (first.size === 0) return second;
  return second.size === 0 ? first : new Map([...first, ...second]);
};

const nothing = (): void => {};

/** What one host of a run has seen of a machine, and how it acts there: its own, or another that tasks are delegated to. */
export class MachineSession {
  readonly #options: RunOptions;
  readonly #login: MachineLogin;
  readonly #become: Become | undefined;
  #observation: Observation = new Map();
  #found: Observation = new Map();
  #execs = 0;
  #waves = 0;
  #running: SentAction<PlannedTask> | undefined;
  /** What had been done on the machine, by anybody, when all that is wanted was last looked at. */
  #seen = 0;

  constructor(options: RunOptions, login: MachineLogin) {
    this.#options = options;
    this.#login = login;
    const { exec, line, becomePassword } = login;
    this.#become = exec === line.user ? undefined : { user: exec, password: becomePassword };
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

  /** The task of the action that runs, or ran when the exec came to no good end. */
  get running(): PlannedTask | undefined {
    return this.#running?.task;
  }

  get isRoot(): boolean {
    return this.#login.exec === 'root';
  }

  /** Others have acted on the machine since it was looked at. */
  get isOutdated(): boolean {
    return this.#seen !== this.#login.machine.deeds;
  }

  /** Tells that something other than the machine is waited for. */
  waitFor(detail: string): void {
    this.#tellStage('wait', detail);
  }

  /**
   * One exec: the actions, then a look at everything wanted.
   *
   * @param onOutcome  called as actions end, in order; also for those that ended before the line was lost
   * @param isWhole    everything is looked at that was seen before
   * @returns what was seen; undefined: nothing was done, since others may have changed the machine after it was looked at
   * @throws Unreachable, BecomeFailure, TimedOut, BrokenScript, Locked
   */
  async exchange(
    actions: readonly SentAction<PlannedTask>[],
    wanted: WantedFacts,
    stage: 'observe' | 'act' | 'prove',
    onOutcome: (task: PlannedTask, outcome: ActionOutcome) => void,
    isWhole: boolean,
  ): Promise<Observation | undefined> {
    const { machine } = this.#login;
    const acts = actions.length > 0;
    return await machine.use(async () => {
      if (acts && this.isOutdated) return undefined;
      if (acts) machine.countDeed();
      if (acts || isWhole) this.#seen = machine.deeds;
      return await this.#exchange(actions, wanted, stage, onOutcome);
    });
  }

  async #exchange(
    actions: readonly SentAction<PlannedTask>[],
    wanted: WantedFacts,
    stage: 'observe' | 'act' | 'prove',
    onOutcome: (task: PlannedTask, outcome: ActionOutcome) => void,
  ): Promise<Observation | undefined> {
    const acts = actions.length > 0;
    if (acts) this.#waves += 1;
    this.#tellStage(stage, acts ? `${actions.length} actions` : `${wanted.size} facts`);
    const { host, emit } = this.#login;
    const shown = this.#liveOutput();
    const result = await this.#exec(actions, wanted, {
      started: (sent) => {
        const { task, action } = sent;
        this.#running = sent;
        emit({ type: 'action-started', host, task: task.ref, summary: action.summary });
      },
      printed: shown.printed,
      ended: (sent, outcome) => {
        // One stream may tell of the next action before the other has come to the end of this one.
        if (this.#running === sent) this.#running = undefined;
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
    if (result.isStale) return undefined;
    this.#found = union(result.observation, this.#found);
    this.#observation = acts ? result.observation : union(this.#observation, result.observation);
    return result.observation;
  }

  /**
   * What an action says that is done here, in place of a script, and then a look at everything wanted.
   *
   * @throws as `exchange`
   */
  async actHere(
    sent: SentAction<PlannedTask> & { readonly action: { readonly here: HereStep } },
    wanted: WantedFacts,
    onOutcome: (task: PlannedTask, outcome: ActionOutcome) => void,
    questions: Questions,
  ): Promise<Observation | undefined> {
    const { action, task } = sent;
    const { host, emit, line, machine } = this.#login;
    emit({ type: 'action-started', host, task: task.ref, summary: action.summary });
    this.#running = sent;
    const outcome = await machine.use(
      async () =>
        await doHere(action.here, {
          ...{ line, become: this.#become, options: this.#options, questions, id: task.ref.id },
          waitFor: (detail) => this.waitFor(detail),
        }),
    );
    this.#running = undefined;
    onOutcome(task, outcome);
    const { exitStatus, durationMs } = outcome;
    emit({ type: 'action-finished', host, task: task.ref, exitStatus, durationMs });
    return await this.exchange([], wanted, 'observe', onOutcome, true);
  }

  /** An exec that makes a note, and looks at nothing. @returns why it could not be made */
  async bookkeep(action: Action): Promise<string | undefined> {
    const sent: SentAction<null> = { task: null, action, identity: {} };
    const listener = {
      ...{ started: nothing, printed: nothing, ended: nothing, observing: nothing },
      locked: this.#onLocked,
    };
    const { outcomes } = await this.#login.machine.use(
      async () =>
        await this.#exec([sent], new WantedFacts(this.#options.kinds), listener, { isRepeatable: true }),
    );
    const [outcome] = outcomes;
    return outcome === undefined || outcome.exitStatus === 0 ? undefined : outcome.stderr.trim();
  }

  /** Tells what actions print, but for secret tasks. */
  #liveOutput() {
    const { host, emit, mask } = this.#login;
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

  #exec<T>(
    actions: readonly SentAction<T>[],
    wanted: WantedFacts,
    listener: ExchangeListener<T>,
    { isRepeatable = false } = {},
  ) {
    const { nonce, now, signal, stop, timeoutMs } = this.#options;
    const lock = this.#lock(actions.length > 0 && this.#execs > 0);
    this.#execs += 1;
    const options = {
      ...{ become: this.#become, nonce, now, signal, stop, timeoutMs, lock, isRepeatable },
      on: this.#login.on,
    };
    return exchange(this.#login.line, actions, wanted, listener, options);
  }

  /** Reading needs none. */
  #lock(isHeld: boolean): Lock | undefined {
    const { guard, mode } = this.#options;
    if (guard === undefined || mode === 'check') return undefined;
    const { run, holder, lockTimeoutMs } = guard;
    const { host, on } = this.#login;
    return {
      ...{ run, holder, isHeld },
      folder: lockFolder(this.isRoot),
      host: shortHash(on === undefined ? host : `${on} for others`),
      timeoutS: Math.ceil(lockTimeoutMs / 1000),
    };
  }

  readonly #onLocked = (holder: string): void => {
    const other = `another run that has ${this.#login.on ?? 'this host'}: ${holder}`;
    this.#login.emit({ type: 'warned', host: this.#login.host, message: `waits for ${other}` });
    this.waitFor(other);
  };

  #tellStage(stage: 'observe' | 'act' | 'prove' | 'wait', detail: string): void {
    const { host, on, emit } = this.#login;
    const where = on === undefined ? '' : ` on ${on}`;
    emit({ type: 'stage-started', host, stage, wave: this.#waves, detail: `${detail}${where}` });
  }
}
