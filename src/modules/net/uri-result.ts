import { type HttpSeen, longestBodyBytes } from '../../facts/http-looks.ts';
import { resolvedUrl } from '../../util/resolved-url.ts';

/** What of an answer is wanted in the result. */
export interface ResultWish {
  readonly url: string;
  readonly statuses: readonly number[];
  readonly returnsContent: boolean;
}

/** `application/json`, `application/problem+json`, `text/javascript`. */
const isJson = (type: string): boolean =>
  /^\s*[\w.-]+\/(?:[\w.-]+\+)?(?:json|javascript)\s*(?:;|$)/i.test(type);

const charsetOf = (type: string): string => /;\s*charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8';

const decode = (bytes: Uint8Array, charset: string): string => {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows.
    return new TextDecoder().decode(bytes);
  }
};

const parsedJson = (text: string): { readonly json?: unknown } => {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return {};
  }
};

/** As Ansible: `OK (12 bytes)`, or what went wrong. */
const messageOf = ({ answer: { status, reason, headers, complaint } }: HttpSeen): string => {
  if (status === -1) return `Request failed: ${complaint || 'there was no answer'}`;
  if (status >= 400) return `HTTP Error ${status}: ${reason}`;
  return `OK (${headers['content-length'] ?? 'unknown'} bytes)`;
};

/**
 * What `register` keeps: headers by name with underscores, `status`, `url`, `msg`, `redirected`, `cookies`, `content`, `json`;
 * `failed` where the status is none of those that are wanted.
 */
export const uriResult = (seen: HttpSeen, { url, statuses, returnsContent }: ResultWish) => {
  const { answer, body } = seen;
  const type = answer.headers['content-type'] ?? '';
  const isGood = statuses.includes(answer.status);
  const bytes = typeof body === 'string' ? undefined : body;
  const text = bytes === undefined ? undefined : decode(bytes, charsetOf(type));
  const isWhole = (bytes?.length ?? 0) < longestBodyBytes;
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
  const msg = messageOf(seen);
  return {
    ...headers,
    ...(headers['location'] !== undefined && { location: resolvedUrl(headers['location'], url) }),
    status: answer.status,
    url: answer.url,
    redirected: answer.url !== url,
    msg: isGood ? msg : `Status code was ${answer.status} and not [${statuses.join(', ')}]: ${msg}`,
    cookies: answer.cookies,
    cookies_string: Object.entries(answer.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
    ...(text !== undefined && (returnsContent || !isGood) && { content: text }),
    ...(text !== undefined && isWhole && isJson(type) && parsedJson(text)),
    ...(!isGood && { failed: true }),
  };
};
