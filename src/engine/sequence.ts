import type { Entry, Handler, Play, Within } from '../model/play.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { behind, type Position } from './position.ts';
import type { HostWork } from './run-options.ts';

/**
 * What one host has to go through, all its plays in a row. Includes are replaced by what they bring when their turn
 * comes, so the list grows while it is walked.
 */
export type Step = { readonly play: Play; readonly at: Position } & (
  | {
      /** All hosts are waited for until they have come to the end of the plays before. */
      readonly type: 'play-start';
    }
  | {
      readonly type: 'entry';
      readonly entry: Entry;
      readonly vars: Readonly<Record<string, unknown>>;
    }
  | {
      /** Run the handlers that are notified by now. */
      readonly type: 'flush';
      readonly within?: readonly Within[] | undefined;
    }
  | { readonly type: 'play-end' }
  | {
      /** Take away what earlier runs managed and nobody declares any more. */
      readonly type: 'prune';
    }
);

/** Variables of an include's loop: none. */
export const noVariables: Readonly<Record<string, unknown>> = Object.freeze({});

export const stepOf = (play: Play, entry: Entry, at: Position, vars = noVariables): Step =>
  entry.type === 'meta' && entry.action === 'flush_handlers'
    ? { type: 'flush', play, at, within: entry.within }
    : { type: 'entry', play, entry, vars, at };

/** Blocks around what stands there, outermost first. */
export const withinOf = (step: Step): readonly Within[] => {
  if (step.type === 'entry') return step.entry.within ?? [];
  return step.type === 'flush' ? (step.within ?? []) : [];
};

/** The same objects for all hosts: steps are never changed, only lists of them. @param index  see `Position` */
const stepsOf = memoizeByObject((play: Play, index: number) => {
  const end: Position = [index, play.entries.length];
  return {
    before: [
      { type: 'play-start', play, at: [index] },
      ...play.entries.map((entry, order) => stepOf(play, entry, [index, order])),
    ] satisfies readonly Step[],
    prune: { type: 'prune', play, at: end } satisfies Step,
    after: [
      { type: 'flush', play, at: end },
      { type: 'play-end', play, at: behind(end) },
    ] satisfies readonly Step[],
  };
});

/** Steps of a host. */
export const sequenceOf = ({
  plays,
  laterPlays = [],
  allPlays,
}: Pick<HostWork, 'plays' | 'laterPlays' | 'allPlays'>): Step[] =>
  plays.flatMap((play, order): Step[] => {
    const { before, prune, after } = stepsOf(play, allPlays.indexOf(play));
    // What a playbook manages is known once its last play has been gone through.
    const isLast = ![...plays.slice(order + 1), ...laterPlays].some(
      ({ playbook }) => playbook === play.playbook,
    );
    return [...before, ...(isLast ? [prune] : []), ...after];
  });

/** Handlers that a notification means: by name, by `role : name`, or by a topic they listen to. */
export const handlersFor = (play: Play, notification: string): readonly Handler[] =>
  play.handlers.filter(({ name, listen, role }) => {
    const known = [name?.text, role === undefined ? undefined : `${role.name} : ${name?.text}`, ...listen];
    return known.includes(notification);
  });
