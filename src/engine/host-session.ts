import { type MadeNotes, type ManifestEntry, type MemoryFact, memory } from '../facts/memory.ts';
import { type SystemFact, system } from '../facts/system.ts';
import type { Action, ActionOutcome, HereStep } from '../model/action.ts';
import type { Emit } from '../model/event.ts';
import { Debts } from './debts.ts';
import type { SentAction } from './exchange.ts';
import type { HostResults } from './host-results.ts';
import { HostVariables } from './host-variables.ts';
import type { Accounts } from './identity.ts';
import type { Line } from './line.ts';
import { MachineSession } from './machine-session.ts';
import type { Machine } from './machines.ts';
import { manifestId, parseManifest } from './manifest.ts';
import { Mask } from './mask.ts';
import { WantedFacts } from './observe.ts';
import { factName, type Observation } from './overlay.ts';
import type { PlannedTask } from './planned.ts';
import { Questions } from './questions.ts';
import type { HostWork, RunOptions } from './run-options.ts';

/** How a host was logged in to. */
export interface Login {
  readonly line: Line;
  readonly machine: Machine;
  readonly accounts: Accounts;
  readonly becomePassword: string | undefined;
}

/** What is told of an exec, and of what it looks at. */
interface ExchangeNotes {
  /** Called as actions end, in order; also for those that ended before the line was lost. */
  readonly onOutcome?: (task: PlannedTask, outcome: ActionOutcome) => void;
  readonly isWhole?: boolean;
}

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
  readonly #session: MachineSession;
  readonly #questions: Questions;
  readonly #manifests = new Map<string, ReadonlyMap<string, ManifestEntry>>();
  #remembered: MemoryFact | undefined;
  #elsewhere: Pick<MachineSession, 'execs' | 'waves' | 'running'> | undefined;

  constructor({ host, access, batch }: HostWork, options: RunOptions, login: Login, results: HostResults) {
    this.host = host.name;
    this.options = options;
    this.accounts = login.accounts;
    this.debts = new Debts((playbook) => options.origin.nameOf(playbook));
    this.mask = new Mask(options.mask);
    const hide = (secret: string): void => this.mask.add(secret);
    this.variables = new HostVariables(host, options.variables, { results, hide, batch });
    this.emit = (event) => options.emit(this.mask.value(event));
    this.#results = results;
    this.#questions = results.questions ?? new Questions(options.machine);
    this.#session = new MachineSession(options, {
      ...{ host: host.name, machine: login.machine, line: login.line, exec: login.accounts.exec },
      ...{ becomePassword: login.becomePassword, mask: this.mask, emit: this.emit },
    });
    for (const secret of [login.becomePassword, access.settings.password])
      if (secret !== undefined) this.mask.add(secret);
  }

  /** Counts what is done for the host elsewhere. */
  countWith(elsewhere: Pick<MachineSession, 'execs' | 'waves' | 'running'>): void {
    this.#elsewhere = elsewhere;
  }

  /** What was seen by the last look. */
  get observation(): Observation {
    return this.#session.observation;
  }

  /** Every fact as it was when it was first looked at: before anything was done to it, since nothing is planned unseen. */
  get found(): Observation {
    return this.#session.found;
  }

  get execs(): number {
    return this.#session.execs + (this.#elsewhere?.execs ?? 0);
  }

  /** Execs that changed something. */
  get waves(): number {
    return this.#session.waves + (this.#elsewhere?.waves ?? 0);
  }

  /** As `MachineSession.running`, here or elsewhere. */
  get running(): PlannedTask | undefined {
    return this.#session.running ?? this.#elsewhere?.running;
  }

  /** Others have acted on the host since it was looked at. */
  get isOutdated(): boolean {
    return this.#session.isOutdated;
  }

  get isRoot(): boolean {
    return this.#session.isRoot;
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
    if (this.options.isAdHoc === true) return undefined;
    return this.#remembered?.manifests.get(manifestId(this.options.origin.nameOf(playbook)));
  }

  /** What a run of the playbook made that did not come to writing its manifest, by resource. */
  made(playbook: string): MadeNotes {
    return this.#remembered?.made.get(manifestId(this.options.origin.nameOf(playbook))) ?? new Map();
  }

  /** Playbooks of which this run has noted what it makes. */
  readonly noted = new Set<string>();

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
    this.#session.waitFor(detail);
  }

  /**
   * One exec: the actions, then a look at everything wanted.
   *
   * @param isWhole  everything is looked at that was seen before; so it is with actions
   * @returns false when nothing was done, since others may have changed the host after it was looked at
   * @throws as `MachineSession.exchange`
   */
  async exchange(
    actions: readonly SentAction<PlannedTask>[],
    wanted: WantedFacts,
    stage: 'observe' | 'act' | 'prove',
    { onOutcome = nothing, isWhole = false }: ExchangeNotes = {},
  ): Promise<boolean> {
    const seen = await this.#session.exchange(actions, wanted, stage, onOutcome, isWhole);
    if (seen === undefined) return false;
    this.#learn();
    return true;
  }

  /** As `exchange`, of what is done here and not on the host. */
  async actHere(
    sent: SentAction<PlannedTask> & { readonly action: { readonly here: HereStep } },
    wanted: WantedFacts,
    onOutcome: (task: PlannedTask, outcome: ActionOutcome) => void,
  ): Promise<boolean> {
    const seen = await this.#session.actHere(sent, wanted, onOutcome, this.#questions);
    if (seen === undefined) return false;
    this.#learn();
    return true;
  }

  /** An exec for what the host is to remember; failing at it is no failure of the run. */
  async bookkeep(action: Action): Promise<void> {
    const failure = await this.#session.bookkeep(action);
    if (failure === undefined) return;
    const message = `what is managed could not be noted: ${failure}`;
    this.emit({ type: 'warned', host: this.host, message });
  }

  /** Facts that the engine itself lives on. */
  #learn(): void {
    const machine = this.observation.get(factName(system));
    if (machine !== undefined) {
      this.variables.setSystemFacts(machine as SystemFact);
      this.#results.facts.tell(this.host, machine as SystemFact);
    }
    const remembered = this.observation.get(factName(this.memoryKey));
    if (remembered === undefined || this.#remembered !== undefined) return;
    this.#remembered = remembered as MemoryFact;
    this.debts.find(this.#remembered.owed);
  }
}
