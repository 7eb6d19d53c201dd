import type { Entry, Handler, Play } from '../model/play.ts';

/**
 * What one host has to go through, all its plays in a row. Includes are replaced by what they bring when their turn
 * comes, so the list grows while it is walked.
 */
export type Step =
  /** All hosts are waited for until they have come to the end of the plays before. */
  | { readonly type: 'play-start'; readonly play: Play }
  | {
      readonly type: 'entry';
      readonly play: Play;
      readonly entry: Entry;
      readonly vars: Readonly<Record<string, unknown>>;
    }
  /** Run the handlers that are notified by now. */
  | { readonly type: 'flush'; readonly play: Play }
  | { readonly type: 'play-end'; readonly play: Play }
  /** Take away what earlier runs managed and nobody declares any more. */
  | { readonly type: 'prune'; readonly play: Play };

/** Variables of an include's loop: none. */
export const noVariables: Readonly<Record<string, unknown>> = Object.freeze({});

export const stepOf = (play: Play, entry: Entry, vars = noVariables): Step =>
  entry.type === 'meta' && entry.action === 'flush_handlers'
    ? { type: 'flush', play }
    : { type: 'entry', play, entry, vars };

/** Steps of a host that takes part in these plays. */
export const sequenceOf = (plays: readonly Play[]): Step[] =>
  plays.flatMap((play, index): Step[] => [
    { type: 'play-start', play },
    ...play.entries.map((entry) => stepOf(play, entry)),
    // What a playbook manages is known once its last play has been gone through.
    ...(plays.slice(index + 1).some(({ playbook }) => playbook === play.playbook)
      ? []
      : [{ type: 'prune', play } as const]),
    { type: 'flush', play },
    { type: 'play-end', play },
  ]);

/** Handlers that a notification means: by name, by `role : name`, or by a topic they listen to. */
export const handlersFor = (play: Play, notification: string): readonly Handler[] =>
  play.handlers.filter(({ name, listen, role }) => {
    const known = [name?.text, role === undefined ? undefined : `${role.name} : ${name?.text}`, ...listen];
    return known.includes(notification);
  });
