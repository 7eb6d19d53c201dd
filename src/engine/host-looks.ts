import { system } from '../facts/system.ts';
import type { Guests } from './guests.ts';
import type { HostCompany } from './host-company.ts';
import { HostFailed, mostRounds } from './host-failed.ts';
import type { HostProgress } from './host-progress.ts';
import type { HostSession } from './host-session.ts';
import type { Managed } from './managed-before.ts';
import type { WantedFacts } from './observe.ts';
import { factName, Overlay } from './overlay.ts';
import { type PassOptions, unseenOf } from './pass-options.ts';
import type { PassResult } from './pass-result.ts';
import { Pass } from './planning.ts';
import { orphansOf, planPruning } from './prune.ts';
import { isPartial } from './selection.ts';
import { systemFactsLater } from './system-variables.ts';

/** What is planned for a host by what was seen of it, and what is looked at for that. */
export class HostLooks {
  readonly #session: HostSession;
  readonly #company: HostCompany;
  readonly #progress: HostProgress;
  readonly #guests: Guests;
  readonly #before: Managed;

  /** @param before  what earlier batches of the run manage */
  constructor(
    session: HostSession,
    company: HostCompany,
    progress: HostProgress,
    guests: Guests,
    before: Managed,
  ) {
    this.#before = before;
    this.#session = session;
    this.#company = company;
    this.#progress = progress;
    this.#guests = guests;
  }

  /** @param unseen  see `PassOptions` */
  pass(mode: PassOptions['mode'], wanted: WantedFacts, unseen?: string): PassResult {
    const { accounts, mask, observation, variables } = this.#session;
    const { mode: runMode, removals, selection } = this.#session.options;
    const overlay = new Overlay(observation, { blockOnTaint: mode === 'apply' });
    const want: WantedFacts['add'] = (keys) => wanted.add(keys);
    return new Pass(mode === 'prove' ? this.#progress.forProof : this.#progress.forPass, {
      variables,
      environment: {
        overlay,
        accounts,
        files: this.#guests.files,
        isHere: this.#guests.isLocal,
        ...(mode === 'prove' && { filesOf: (id: string) => this.#progress.filesOf(id) }),
        checkMode: runMode === 'check',
        want,
        hide: (secret) => mask.add(secret),
        attemptOf: (id) => this.#progress.attemptOf(id),
        isAwaited: (because) => this.#company.isAwaited(because),
      },
      selection,
      mode,
      unseen,
      guests: this.#guests.beginPass({ blockOnTaint: mode === 'apply' }),
      readOnce: (play, task, at) => this.#company.readOnce(play, task, at),
      planPrune: (play, claims) =>
        isPartial(selection) || this.#before.hasGaps
          ? { left: [], pruning: undefined }
          : planPruning(
              play,
              orphansOf(
                this.#session.manifest(play.playbook),
                this.#session.made(play.playbook),
                claims,
                this.#before.resources.get(play.playbook),
              ),
              removals,
              overlay,
              want,
            ),
    }).run();
  }

  /** Others have acted since, on the host or on a machine that its tasks are delegated to. */
  get isOutdated(): boolean {
    return this.#session.isOutdated || this.#guests.isOutdated;
  }

  /** The first look, and as many more as facts turn up that hang on facts. */
  async first(): Promise<void> {
    const wanted = await this.#wantedAtFirst();
    wanted.add([this.#session.memoryKey]);
    await this.lookAt(wanted);
  }

  /**
   * What the first look is to ask for. Where that hangs on what another host will tell as soon as it has been looked at (a path,
   * the items of a loop, a command), that is waited for: it is then asked for in the same look, and not in another after it.
   */
  async #wantedAtFirst(): Promise<WantedFacts> {
    for (;;) {
      const { wanted, pass } = this.#collect(unseenOf(this.#session.accounts, this.#session.options.mode));
      if (await this.#guests.open()) continue;
      if (!(await this.#company.putFirstLookOff(pass))) return wanted;
    }
  }

  async again(): Promise<void> {
    await this.lookAt(this.#wantedNow());
  }

  /** @param wanted  with everything that is still to be decided */
  async lookAt(wanted: WantedFacts): Promise<void> {
    // A machine that is new says nothing before it is known what is wanted of it.
    while (await this.#guests.open()) wanted.add(this.#wantedNow().keys());
    this.#company.looks();
    await Promise.all([
      this.#session.exchange([], wanted, 'observe', { isWhole: true }),
      this.#guests.look('all'),
    ]);
  }

  /** Whether something hangs on the facts of the system, and nobody has looked at them. */
  lacksSystemFacts({ waits }: PassResult): boolean {
    return waits.has(systemFactsLater) && !this.#session.variables.hasSystemFacts;
  }

  /** Everything that is still to be decided, as far as it can be told. */
  #wantedNow(): WantedFacts {
    return this.#collect().wanted;
  }

  /** @param unseen  see `PassOptions` */
  #collect(unseen?: string): { readonly wanted: WantedFacts; readonly pass: PassResult } {
    const wanted = this.#session.newWanted();
    const pass = this.pass('collect', wanted, unseen);
    if (this.lacksSystemFacts(pass) || this.#company.owesSystemFacts) wanted.add([system]);
    return { wanted, pass };
  }

  /** Plans without acting, looking again while facts are missing. */
  async planWhole(mode: 'check' | 'prove', stage: 'observe' | 'prove'): Promise<PassResult> {
    for (let round = 0; round < mostRounds; round += 1) {
      const wanted = this.#session.newWanted();
      const result = this.pass(mode, wanted);
      const needsSystem = this.lacksSystemFacts(result);
      if (result.stop?.reason !== 'not-observed' && !needsSystem) return result;
      const missing = this.#session.newWanted();
      // What stopped the pass need not be among what tasks say that they want: the target of a link is known by the link only.
      const keys = [...wanted.keys(), ...(result.stop?.reason === 'not-observed' ? result.stop.keys : [])];
      missing.add(keys.filter((key) => !this.#session.observation.has(factName(key))));
      if (needsSystem) missing.add([system]);
      if (missing.size === 0 && !this.#guests.lacks) return result;
      await this.#guests.open();
      if (missing.size > 0) await this.#session.exchange([], missing, stage);
      await this.#guests.look('missing', stage);
    }
    throw new HostFailed('facts turn up without end');
  }

  /** Everything still to be decided, and what the pass missed. */
  wantedAfter({ stop }: PassResult): WantedFacts {
    const wanted = this.#wantedNow();
    if (stop?.reason === 'not-observed') wanted.add(stop.keys);
    return wanted;
  }

  /** Facts of all tasks: any wave may turn out to be the last, and a look at more costs less than another exec. */
  wantedForProof(): WantedFacts {
    const wanted = this.#session.newWanted();
    const { waits } = this.pass('prove', wanted);
    wanted.add(this.#wantedNow().keys());
    if (waits.has(systemFactsLater)) wanted.add([system]);
    return wanted;
  }
}
