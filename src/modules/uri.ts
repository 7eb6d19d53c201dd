import { posix } from 'node:path';
import { makeRequest } from '../actions/make-request.ts';
import { setAttributes } from '../actions/set-attributes.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { httpLook, parseHttpLook } from '../facts/http-looks.ts';
import { pathIs } from '../facts/path-tests.ts';
import type { ActionOutcome } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import type { HttpBody, HttpRequest } from '../model/http-request.ts';
import { defineModule, type Lint, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { unknown } from '../model/unknown.ts';
import { resolveAttributes } from './files/attribute-params.ts';
import { isFolder, mustHaveFolder, type Place, resolvePlace } from './files/resolve-path.ts';
import { type EncodedBody, encodeBody } from './net/request-body.ts';
import { nameInAddress, requestOf, shownAddress } from './net/request-params.ts';
import { type UriParams as Params, uriParams } from './net/uri-params.ts';
import { uriResult } from './net/uri-result.ts';

const follows = ({ follow_redirects, method }: Params): boolean => {
  if (follow_redirects === 'all' || follow_redirects === 'yes') return true;
  if (follow_redirects === 'none' || follow_redirects === 'no') return false;
  return method === 'GET' || method === 'HEAD';
};

const encodedBody = (p: Params, context: TaskContext): EncodedBody | undefined =>
  p.body === undefined || p.body === null ? undefined : encodeBody(p.body, p.body_format, context);

const sentBody = (
  p: Params,
  encoded: EncodedBody | undefined,
  context: TaskContext,
): HttpBody | undefined => {
  if (p.src === undefined) return encoded && { bytes: encoded.bytes };
  return p.remote_src ? { path: p.src } : { bytes: context.readFile(p.src, 'files').bytes };
};

const headersOf = (p: Params, encoded: EncodedBody | undefined): HttpRequest['headers'] => {
  const isGiven = Object.keys(p.headers).some((name) => name.toLowerCase() === 'content-type');
  const others = Object.entries(p.headers).filter(
    ([name]) => encoded?.isFixed !== true || name.toLowerCase() !== 'content-type',
  );
  const type = encoded?.contentType;
  return {
    ...Object.fromEntries(others),
    ...(type !== undefined && (!isGiven || encoded?.isFixed === true) && { 'Content-Type': type }),
    ...(p.force && { 'Cache-Control': 'no-cache' }),
  };
};

const requestOfTask = (p: Params, context: TaskContext): HttpRequest => {
  const encoded = encodedBody(p, context);
  return {
    ...requestOf(p),
    method: p.method,
    headers: headersOf(p, encoded),
    body: sentBody(p, encoded, context),
    followRedirects: follows(p),
    unixSocket: p.unix_socket,
    caPath: p.ca_path,
  };
};

const isGuarded = (p: Params): boolean => p.creates !== undefined || p.removes !== undefined;

const reads = (p: Params): boolean => p.method === 'GET' || p.method === 'HEAD';

const isLook = (p: Params, { readOnly }: TaskContext): boolean =>
  p.dest === undefined && (readOnly || reads(p));

const withoutSlash = (at: string): string => at.replace(/(?<=.)\/$/, '');

const destination = (p: Params, facts: Facts): string => {
  const dest = p.dest ?? '';
  const isIn = dest.endsWith('/') || isFolder(facts, dest);
  return isIn ? posix.join(dest, nameInAddress(p.url)) : dest;
};

const look = (p: Params, context: TaskContext) =>
  httpLook(requestOfTask(p, context), 'content', context.identity);

/** What the server would send into a file that is there. */
const comparison = (p: Params, at: string, context: TaskContext) =>
  httpLook(requestOfTask(p, context), 'sha256', context.identity, { when: pathIs('there', at) });

/** Paths that dest may mean. */
const destinations = (p: Params): readonly string[] => {
  if (p.dest === undefined) return [];
  const dest = withoutSlash(p.dest);
  return [dest, posix.join(dest, nameInAddress(p.url))];
};

const usualDestination = (p: Params): string =>
  p.dest?.endsWith('/') === true ? posix.join(p.dest, nameInAddress(p.url)) : (p.dest ?? '');

const factsOf = (p: Params, context: TaskContext): readonly FactKey[] => [
  ...[p.creates, p.removes].flatMap((guard) => (guard === undefined ? [] : [file(guard)])),
  ...destinations(p).map(file),
  ...destinations(p).map((at) => file(posix.dirname(at))),
  ...(isLook(p, context) && !isGuarded(p) ? [look(p, context)] : []),
  ...(p.dest !== undefined && reads(p) && !isGuarded(p)
    ? [
        comparison(p, usualDestination(p), context),
        ...(p.return_content ? [content(usualDestination(p))] : []),
      ]
    : []),
];

const reasonAgainst = (p: Params, facts: Facts): string | undefined => {
  if (p.creates !== undefined && resolvePlace(facts, p.creates).fact !== absent)
    return `skipped, since '${p.creates}' exists`;
  if (p.removes !== undefined && resolvePlace(facts, p.removes).fact === absent)
    return `skipped, since '${p.removes}' does not exist`;
  return undefined;
};

const wishOf = (p: Params) => ({
  url: p.url,
  statuses: p.status_code,
  returnsContent: p.return_content,
});

const planLook = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const fact = facts.get(look(p, context));
  const seen = fact === absent ? undefined : parseHttpLook(fact.stdout, 'content', p.url);
  if (seen === undefined) throw new TaskFailure(`${shownAddress(p.url)} was not asked`);
  return { actions: [], result: { ...uriResult(seen, wishOf(p)), elapsed: 0 } };
};

const finish =
  (p: Params, at?: string) =>
  ([outcome]: readonly ActionOutcome[]): Readonly<Record<string, unknown>> => {
    const seen = outcome && parseHttpLook(outcome.stdout, 'content', p.url);
    if (outcome === undefined || seen === undefined) return {};
    const elapsed = Math.floor(outcome.durationMs / 1000);
    return { ...uriResult(seen, wishOf(p)), elapsed, ...(at !== undefined && { path: at }) };
  };

const shown = (p: Params): string => `${p.method} ${shownAddress(p.url)}`;

const fresh = { mode: '0644', type: 'file' } as const;

const act = (p: Params, context: TaskContext, facts: Facts, place?: Place): TaskPlan => {
  if (place !== undefined) mustHaveFolder(facts, place.path);
  const { creates, removes } = p;
  const action = makeRequest({
    request: requestOfTask(p, context),
    shown: shown(p),
    statuses: p.status_code,
    into: place && {
      path: place.path,
      current: place.fact,
      ...resolveAttributes(p, place.fact === absent ? fresh : place.fact),
    },
    returnsContent: p.return_content,
    predicts: [
      ...(creates === undefined ? [] : [{ key: file(creates), value: unknown('the request that makes it') }]),
      ...(removes === undefined ? [] : [{ key: file(removes), value: absent }]),
    ],
    unprovable: !isGuarded(p) && !(place !== undefined && reads(p)),
  });
  return { actions: [action], result: { url: p.url }, finish: finish(p, place?.path) };
};

/** A file that is there is compared with what the server has. */
const planFile = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const place = resolvePlace(facts, destination(p, facts));
  const { path: at, fact } = place;
  if (fact !== absent && fact.type !== 'file') throw new TaskFailure(`${at} is a ${fact.type}, not a file`);
  if (fact === absent || !reads(p)) return act(p, context, facts, place);
  const found = facts.get(comparison(p, destination(p, facts), context));
  const seen = found === absent ? undefined : parseHttpLook(found.stdout, 'sha256', p.url);
  const isSame = seen?.answer.status === 304 || seen?.body === fact.sha256;
  if (seen === undefined || !isSame) return act(p, context, facts, place);
  const result = { ...uriResult(seen, wishOf(p)), elapsed: 0, path: at };
  const held = p.return_content ? facts.get(content(at)) : absent;
  const bytes = held === absent ? undefined : held.bytes;
  return {
    actions: setAttributes(at, fact, resolveAttributes(p, fact)),
    result: bytes === undefined ? result : { ...result, content: new TextDecoder().decode(bytes) },
  };
};

const lint = (p: Params, isReadOnly: boolean): readonly Lint[] =>
  isReadOnly || isGuarded(p) || reads(p)
    ? []
    : [
        {
          code: 'unguarded-command',
          message: `this ${p.method} is made every time and can't be proved; creates or removes say when it is needed`,
        },
      ];

/** Requests that the host makes. */
export const uri = defineModule({
  name: 'uri',
  summary: 'Lets the host make an HTTP request, by curl or else wget, and tells the answer to `register`.',
  examples: `- name: Synapse answers
  uri:
    url: http://127.0.0.1:8008/_matrix/client/versions
  register: versions
  until: versions.status == 200
  retries: 10
  delay: 3

- name: A room for alerts
  uri:
    url: http://127.0.0.1:8008/_matrix/client/v3/createRoom
    method: POST
    headers: { Authorization: "Bearer {{ admin_token }}" }
    body_format: json
    body: { name: Alerts }
  register: room
`,
  params: uriParams,
  tells: true,
  aliases: { user: 'url_username', password: 'url_password' },
  modes: ['mode'],
  secrets: ['url_password'],
  lint: (p, task) => lint(p, task?.readOnly === true),
  facts: factsOf,
  plan: (p, facts, context) => {
    const against = reasonAgainst(p, facts);
    if (against !== undefined) return { actions: [], result: { stdout: against, msg: against } };
    if (isLook(p, context)) return planLook(p, facts, context);
    return p.dest === undefined ? act(p, context, facts) : planFile(p, facts, context);
  },
});
