import { noteMade, settleHandler, writeManifest, writeRunRecord } from '../actions/remember.ts';
import { madeLine } from '../facts/memory.ts';
import type { Action } from '../model/action.ts';
import type { Task } from '../model/play.ts';
import type { TaskReport } from '../model/report.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh } from '../shell/sh.ts';
import type { HostSession } from './host-session.ts';
import type { Managed } from './managed-before.ts';
import { manifestId, renderManifest } from './manifest.ts';
import { factName } from './overlay.ts';
import type { PassResult } from './pass-result.ts';
import type { PlannedTask } from './planned.ts';
import type { HostWork, Origin } from './run-options.ts';

const recordOf = (
  at: string,
  { user, hostname, commit }: Origin,
  playbooks: readonly string[],
  reports: readonly TaskReport[],
) => ({
  version: 1,
  at,
  user,
  from: hostname,
  commit: commit ?? null,
  playbooks,
  changed: reports
    .filter(({ status }) => status === 'changed')
    .map(({ name, item, source }) => ({ name, item, source })),
});

/** What the run has come to on the host. */
interface Ran {
  /** Whether it did anything. */
  readonly acted: boolean;
  readonly reports: readonly TaskReport[];
  /** What earlier batches manage. */
  readonly before: Managed;
}

/**
 * What a host is to remember of a run that was proved: what is managed now, where that is news; that there was a run;
 * which debts turned out to be none.
 *
 * @returns undefined when there is nothing to write
 */
export const planRemembering = (
  session: HostSession,
  { plays, laterPlays = [] }: Pick<HostWork, 'plays' | 'laterPlays'>,
  { claims, orphans }: PassResult,
  { acted, reports, before }: Ran,
): Action | undefined => {
  const { debts, isRoot, options, observation } = session;
  const playbooks = [...new Set(plays.map(({ playbook }) => playbook))];
  const news = (options.isAdHoc === true ? [] : playbooks).flatMap((playbook) => {
    const mine = claims.filter(({ play }) => play.playbook === playbook);
    // What could be taken away stays known until it is gone; of the rest nobody could tell when that is.
    const kept = (orphans.get(playbook) ?? []).filter(({ prunable }) => prunable);
    // What other batches manage, or may, is not this one's to forget.
    const isOpen = laterPlays.some((play) => play.playbook === playbook);
    const claimed = new Set(mine.map(({ claim }) => factName(claim.key)));
    const carried = [...session.manifest(playbook).values()].flatMap((entry) => {
      const wanted = before.resources.get(playbook)?.get(entry.resource);
      if (wanted !== undefined) return [{ ...entry, wanted }];
      return isOpen && !claimed.has(entry.resource) ? [entry] : [];
    });
    const text = renderManifest(mine, [...kept, ...carried], options.kinds, {
      seen: observation,
      found: session.found,
      known: session.manifest(playbook),
      made: session.made(playbook),
      isOpen,
    });
    const known = session.manifestText(playbook);
    const hasNotes = session.noted.has(playbook) || session.made(playbook).size > 0;
    const isNothing = mine.length === 0 && kept.length === 0;
    const isSame = known === undefined ? isNothing : known.trimEnd() === text;
    // What was noted on the way goes with the writing.
    return isSame && !hasNotes ? [] : [{ id: manifestId(options.origin.nameOf(playbook)), text }];
  });
  const at = options.now().toISOString();
  const record = recordOf(at, options.origin, playbooks, reports);
  const run = { id: `${at.replaceAll(/[:.]/g, '-')}.json`, text: JSON.stringify(record) };
  const pieces = [
    ...news.map((manifest) => writeManifest(isRoot, manifest)),
    ...debts.made().map((id) => settleHandler(isRoot, id)),
    ...(acted ? [writeRunRecord(isRoot, run)] : []),
  ];
  if (pieces.length === 0) return undefined;
  return {
    kind: 'remember',
    summary: 'note what is managed',
    changes: [],
    sh: joinSh(pieces),
    predicts: [],
  };
};

const isRescue = (within: PlannedTask['within']): boolean =>
  within?.some(({ part }) => part === 'rescue') === true;

/** Whether the next run may pass the task over: by its `when`, by its loop, or by those of what it is included by. */
const isConditional = ({ when, loop, id }: Task): boolean =>
  when.length > 0 || loop !== undefined || id.includes(' <- ');

/**
 * What is noted before a wave: what it makes where nothing is. Of files only those that it makes the whole of; of a task of the command
 * line nothing. Nor of a rescue: the next run does not come to it, and would take for declared no more what it has made.
 */
export const planMadeNotes = (session: HostSession, tasks: readonly PlannedTask[]): readonly Sh[] => {
  if (session.options.isAdHoc === true) return [];
  const made = new Map<string, string[]>();
  for (const { outcome, claims, instance, within } of tasks) {
    if (outcome !== 'act' || instance === undefined || isRescue(within)) continue;
    const { playbook } = instance.play;
    const names = claims
      .filter(({ key, prunable }) => key.kind !== 'file' || prunable !== false)
      .filter(({ key }) => session.observation.get(factName(key)) === 'absent')
      .map(({ key }) => madeLine(factName(key), isConditional(instance.task)));
    if (names.length > 0) made.set(playbook, [...(made.get(playbook) ?? []), ...names]);
  }
  const idOf = (playbook: string): string => manifestId(session.options.origin.nameOf(playbook));
  for (const playbook of made.keys()) session.noted.add(playbook);
  return [...made].map(([playbook, names]) => noteMade(session.isRoot, idOf(playbook), [...new Set(names)]));
};
