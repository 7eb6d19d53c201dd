import type { Action, ActionOutcome, HereStep } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh } from '../shell/sh.ts';
import type { SentAction } from './exchange.ts';
import type { Guests } from './guests.ts';
import type { HostCompany } from './host-company.ts';
import type { HostSession } from './host-session.ts';
import type { WantedFacts } from './observe.ts';
import type { Delegated, PlannedTask } from './planned.ts';
import { Questions } from './questions.ts';
import type { RunOptions } from './run-options.ts';

type OnOutcome = (task: PlannedTask, outcome: ActionOutcome) => void;

type DoneHere = SentAction<PlannedTask> & { readonly action: { readonly here: HereStep } };

/** Has the actions of a host done where they belong: on the host, here, or on the machine that a task is delegated to. */
export class HostActs {
  readonly #session: HostSession;
  readonly #company: HostCompany;
  readonly #guests: Guests;
  readonly #options: RunOptions;

  constructor(session: HostSession, company: HostCompany, guests: Guests, options: RunOptions) {
    this.#session = session;
    this.#company = company;
    this.#guests = guests;
    this.#options = options;
  }

  /** @returns false when nothing was done, since what was planned by is not so any more */
  async send(
    sent: readonly SentAction<PlannedTask>[],
    wanted: WantedFacts,
    onOutcome: OnOutcome,
  ): Promise<boolean> {
    const delegated = sent.map(targetOf).find((target) => target !== undefined);
    try {
      return await this.#send(sent, delegated, wanted, onOutcome);
    } finally {
      if (sent.some(({ action }) => action.here?.type === 'fetch')) this.#guests.renewFiles();
      else this.#guests.noteDeed(delegated);
    }
  }

  async #send(
    sent: readonly SentAction<PlannedTask>[],
    delegated: Delegated | undefined,
    wanted: WantedFacts,
    onOutcome: OnOutcome,
  ): Promise<boolean> {
    const here = sent.find(isDoneHere);
    if (here !== undefined) return await this.#sendHere(here, sent, { wanted, onOutcome });
    if (delegated === undefined) {
      this.#company.looks();
      return await this.#session.exchange(sent, wanted, 'act', { onOutcome });
    }
    // What the host has to remember of it is noted there, before and after.
    await this.#note('note what is owed', sent, ({ before }) => before);
    const there = sent.map(({ task, action, identity }) => ({ task, action, identity }));
    const session = this.#guests.sessionOf(delegated);
    const done = new Set<Action>();
    const seen = await session.exchange(
      there,
      this.#guests.wantedOf(delegated),
      'act',
      (task, outcome) => {
        const action = task.plan.actions.find((one) => !done.has(one));
        if (action !== undefined && outcome.exitStatus === 0) done.add(action);
        onOutcome(task, outcome);
      },
      true,
    );
    await this.#note('note what is done', sent, ({ after, action }) =>
      done.has(action) ? after : undefined,
    );
    return seen !== undefined;
  }

  /** What is done here comes alone, but for notes on tasks before it. */
  async #sendHere(
    here: DoneHere,
    sent: readonly SentAction<PlannedTask>[],
    {
      wanted,
      onOutcome,
    }: {
      readonly wanted: WantedFacts;
      readonly onOutcome: OnOutcome;
    },
  ): Promise<boolean> {
    const others = sent.filter((one) => one !== here);
    if (others.length > 0)
      await this.#session.exchange(others, this.#session.newWanted(), 'act', { onOutcome });
    await this.#note('note what is owed', [here], ({ before }) => before);
    let hasFailed = false;
    const note = (task: PlannedTask, outcome: ActionOutcome): void => {
      hasFailed ||= outcome.exitStatus !== 0;
      onOutcome(task, outcome);
    };
    const target = targetOf(here);
    const session = target === undefined ? undefined : this.#guests.sessionOf(target);
    if (target === undefined || session === undefined) {
      this.#company.looks();
      if (!(await this.#session.actHere(here, wanted, note))) return false;
    } else {
      const questions = new Questions(this.#options.machine);
      if ((await session.actHere(here, this.#guests.wantedOf(target), note, questions)) === undefined)
        return false;
    }
    if (!hasFailed) await this.#note('note what is done', [here], ({ after }) => after);
    return true;
  }

  async #note(
    summary: string,
    sent: readonly SentAction<PlannedTask>[],
    noteOf: (one: SentAction<PlannedTask>) => Sh | undefined,
  ): Promise<void> {
    const notes = sent.map(noteOf).filter((note) => note !== undefined);
    if (notes.length === 0) return;
    await this.#session.bookkeep({ kind: 'note', summary, changes: [], sh: joinSh(notes), predicts: [] });
  }
}

const isDoneHere = (sent: SentAction<PlannedTask>): sent is DoneHere => sent.action.here !== undefined;

/** The machine that an action goes to; undefined: the host, which also remembers what was settled elsewhere. */
const targetOf = ({ task, action }: SentAction<PlannedTask>): Delegated | undefined =>
  task.plan.actions.includes(action) ? task.delegated : undefined;
