import { httpLook, longestBodyBytes, parseHttpLook } from '../../facts/http-looks.ts';
import type { ProbeFact } from '../../facts/probes.ts';
import type { FactKey, Facts, Identity } from '../../model/fact.ts';
import { type HttpRequest, plainRequest } from '../../model/http-request.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** A small file that the host fetches when it is looked at: a key, a list of checksums. */
export const fetchedFile = (
  url: string,
  identity: Identity,
  request: HttpRequest = plainRequest(url),
): FactKey<ProbeFact> => httpLook({ ...request, url }, 'content', identity, { download: true });

/** Why an answer is none, in words. */
export const whyNot = (status: number, reason: string, complaint: string): string =>
  [status > 0 ? `HTTP ${status} ${reason}`.trim() : '', complaint].filter((text) => text !== '').join(': ') ||
  'there was no answer';

/**
 * The bytes of a file that was fetched.
 *
 * @throws TaskFailure with what the server or the client said, when it could not be
 */
export const bytesFetched = (facts: Facts, key: FactKey<ProbeFact>, url: string): Uint8Array => {
  const fact = facts.get(key);
  const seen = fact === 'absent' ? undefined : parseHttpLook(fact.stdout, 'content', url);
  if (seen === undefined || typeof seen.body === 'string') throw new TaskFailure(`${url} was not fetched`);
  const { status, reason, complaint } = seen.answer;
  if (status !== 200) throw new TaskFailure(`could not fetch ${url}: ${whyNot(status, reason, complaint)}`);
  if (seen.body.length >= longestBodyBytes) throw new TaskFailure(`${url} is too large to be read here`);
  return seen.body;
};
