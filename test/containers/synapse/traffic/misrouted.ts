import type { AccessLine } from './access-lines.ts';
import { describeRequest, type RecordedRequest } from './recorder.ts';
import { addresseeOf, type Layout, processesOf } from './serving-process.ts';

/** nginx gives these when it gets no answer from Synapse, so that there is nothing in Synapse's logs. */
const isOfNginx = (status: number): boolean => status >= 502 && status <= 504;

/** A request and what the logs have of it. */
interface Served {
  readonly request: RecordedRequest;
  readonly addressee: string;
  /** Processes that have it in their logs, each once; a request that was served twice has two. */
  readonly by: readonly string[];
}

const grouped = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

const match = (requests: readonly RecordedRequest[], lines: readonly AccessLine[]): readonly Served[] => {
  const byAgent = grouped(lines, ({ agent }) => agent);
  return requests.map((request) => ({
    request,
    addressee: addresseeOf(request.target),
    by: (byAgent.get(request.agent) ?? []).map(({ process }) => process),
  }));
};

/**
 * Requests that must be in some log and are in none yet: those that were answered, and not by nginx on its own.
 */
export const unlogged = (
  requests: readonly RecordedRequest[],
  lines: readonly AccessLine[],
): readonly RecordedRequest[] =>
  match(requests, lines)
    .filter(({ request: { status }, addressee, by }) => {
      if (status === undefined || isOfNginx(status) || addressee === 'nginx') return false;
      return by.length === 0;
    })
    .map(({ request }) => request);

const faultOf = ({ request, addressee, by }: Served, layout: Layout): readonly string[] => {
  const { status } = request;
  // A client that gave up did not see an answer, and when the process notices is its own affair.
  if (status === undefined) return [];
  const wanted = processesOf(addressee, layout);
  const what = `${describeRequest(request)}: ${status}`;
  if (status >= 500) return [`${what}, from ${by.join(' and ') || 'nginx'}`];
  if (wanted.length === 0)
    return by.length === 0 ? [] : [`${what}, wanted of nginx, is of ${by.join(' and ')}`];
  if (by.length === 0) return [`${what}, wanted of ${wanted.join(' or ')}, is in no log`];
  if (by.length > 1 || !wanted.includes(by[0] ?? ''))
    return [`${what}, wanted of ${wanted.join(' or ')}, is of ${by.join(' and ')}`];
  return [];
};

/** A user whose syncs were served by several processes: their caches are filled for nothing. */
const strayingUsers = (served: readonly Served[]): readonly string[] => {
  const syncs = served.filter(({ request, addressee }) => request.user !== '' && addressee.endsWith('_sync'));
  const groups = grouped(syncs, ({ request, addressee }) => `${request.user}: ${addressee}`);
  return [...groups].flatMap(([name, group]) => {
    const processes = [...new Set(group.flatMap(({ by }) => by))];
    return processes.length > 1 ? [`${name} is served by ${processes.join(' and ')} in turn`] : [];
  });
};

/**
 * What did not go where it is meant to go, a line each: answers with a 5xx, requests that another process than the right one
 * served, or two, or none; users who are sent to and fro between sync workers.
 *
 * @param lines  of the logs of all processes, of requests that are recorded here at least
 */
export const misrouted = (
  requests: readonly RecordedRequest[],
  lines: readonly AccessLine[],
  layout: Layout,
): readonly string[] => {
  const served = match(requests, lines);
  return [...served.flatMap((one) => faultOf(one, layout)), ...strayingUsers(served)];
};

/** These are told what to do by the other processes. */
const takesNoRequests = ['federation_sender', 'pusher'];

/** Kinds that have workers and were asked for nothing, so that nothing is proved of them; a line each. */
export const unasked = (requests: readonly RecordedRequest[], layout: Layout): readonly string[] => {
  const answered = requests.filter(({ status }) => status !== undefined);
  const asked = new Set(answered.map(({ target }) => addresseeOf(target)));
  return [...new Set(layout.flatMap(({ kinds }) => kinds))]
    .filter((kind) => !takesNoRequests.includes(kind) && !asked.has(kind))
    .map((kind) => `nothing was asked of workers of the kind ${kind}`);
};
