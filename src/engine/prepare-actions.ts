import { oweHandler, settleHandler } from '../actions/remember.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh } from '../shell/sh.ts';
import type { SentAction } from './exchange.ts';
import type { HostSession } from './host-session.ts';
import type { PlannedTask } from './planned.ts';
import { planMadeNotes } from './remember-run.ts';

/** Debts that the task's change makes and that do not stand yet. They count as standing from here on. */
const newDebts = ({ notifies }: PlannedTask, { debts }: HostSession): readonly string[] => {
  const ids = [...new Set(notifies.map(({ play, handler }) => debts.idOf(play, handler)))];
  const fresh = ids.filter((id) => !debts.stands(id));
  for (const id of fresh) debts.make(id);
  return fresh;
};

const oweSh = ({ notifies, ref }: PlannedTask, id: string, { debts, isRoot, options }: HostSession): Sh => {
  const handler = notifies.find((one) => debts.idOf(one.play, one.handler) === id)?.handler;
  return oweHandler(isRoot, {
    id,
    handler: handler?.name?.text ?? '',
    task: ref.name,
    source: ref.source,
    since: options.now().toISOString(),
  });
};

const prepareTask = (planned: PlannedTask, session: HostSession): readonly SentAction<PlannedTask>[] => {
  const { debts, isRoot } = session;
  const { identity, plan, ref } = planned;
  const made = planned.outcome === 'act' ? newDebts(planned, session) : [];
  const settled = planned.settles.filter((id) => debts.stands(id) || made.includes(id));
  const before = made.length > 0 ? joinSh(made.map((id) => oweSh(planned, id, session))) : undefined;
  const after = settled.length > 0 ? joinSh(settled.map((id) => settleHandler(isRoot, id))) : undefined;
  if (plan.actions.length === 0 && after !== undefined) {
    const summary = `note that ${ref.name} is done`;
    const action = { kind: 'settle', summary, changes: [], sh: after, predicts: [] };
    return [{ task: planned, action, identity: {} }];
  }
  const last = plan.actions.length - 1;
  return plan.actions.map((action, index) => ({
    task: planned,
    action,
    identity,
    before: index === 0 ? before : undefined,
    after: index === last ? after : undefined,
  }));
};

/** The actions of tasks with their bookkeeping, in order. Debts that come with them count as made. */
export const prepareActions = (
  session: HostSession,
  tasks: readonly PlannedTask[],
): readonly SentAction<PlannedTask>[] => {
  const [first, ...rest] = tasks.flatMap((planned) => prepareTask(planned, session));
  if (first === undefined) return [];
  const notes = planMadeNotes(session, tasks);
  const before =
    notes.length > 0
      ? joinSh([...notes, ...(first.before === undefined ? [] : [first.before])])
      : first.before;
  return [{ ...first, before }, ...rest];
};
