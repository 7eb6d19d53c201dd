import { posix } from 'node:path';
import { z } from 'zod';
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
import { attributeParams, resolveAttributes } from './files/attribute-params.ts';
import { isFolder, mustHaveFolder, type Place, resolvePlace } from './files/resolve-path.ts';
import { bodyFormats, type EncodedBody, encodeBody } from './net/request-body.ts';
import {
  address,
  nameInAddress,
  requestOf,
  requestParams,
  shownAddress,
  timeoutParam,
} from './net/request-params.ts';
import { uriResult } from './net/uri-result.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { path, pathWithSlash } from './params/path.ts';
import { text } from './params/text.ts';

const statusCode = z
  .union(
    [
      z.array(integer()),
      integer().transform((one) => [one]),
      text().transform((list) => list.split(',').map(Number)),
    ],
    {
      error: 'expected a status such as 200, or a list of them',
    },
  )
  .refine((list) => list.length > 0 && list.every((status) => Number.isInteger(status)), {
    error: 'expected a status such as 200, or a list of them',
  });

const params = z
  .strictObject({
    url: address(/^https?:\/\//i, 'http://… or https://…').describe('Address, as the host reaches it.'),
    method: text()
      .transform((method) => method.toUpperCase())
      .refine((method) => /^[A-Z]+$/.test(method), { error: 'expected a single word such as GET or POST' })
      .default('GET')
      .describe(
        'A GET or HEAD without `dest` only looks: it is made whenever the host is looked at, in check mode too, and changes nothing. So is any other with `changed_when: false` or `check_mode: false` on the task. The rest is reported as changed and cannot be proved.',
      ),
    body: z
      .unknown()
      .optional()
      .describe('What is sent: a text, or for the other formats a mapping or list.'),
    body_format: z
      .enum(bodyFormats, { error: `expected one of ${bodyFormats.join(', ')}` })
      .default('raw')
      .describe(
        'How body is written. `form-multipart`: `{field: text}` or `{field: {filename, content, mime_type}}`, the file one of the project.',
      ),
    src: z
      .string()
      .min(1)
      .optional()
      .describe('File of the project to send, or with remote_src one of the host.'),
    remote_src: boolean().default(false).describe('src is a path on the host.'),
    dest: pathWithSlash()
      .optional()
      .describe('File on the host that the answer is written to, or a folder: then named as in the address.'),
    ...attributeParams,
    status_code: statusCode.default([200]).describe('Statuses that are a success.'),
    return_content: boolean()
      .default(false)
      .describe('Give the body as `content`. JSON is given as `json` in any case.'),
    creates: path().optional().describe('Where this path is there, the request is not made.'),
    removes: path().optional().describe('Where this path is not there, the request is not made.'),
    follow_redirects: z
      .enum(['all', 'no', 'none', 'safe', 'urllib2', 'yes'], {
        error: 'expected all, none or safe',
      })
      .or(z.boolean().transform((all) => (all ? 'yes' : 'no')))
      .default('safe')
      .describe('`safe`: those of GET and HEAD only.'),
    ...requestParams,
    force: boolean().default(false).describe('Ask caches on the way for a fresh answer.'),
    timeout: timeoutParam(30),
    unix_socket: path().optional().describe('Socket on the host to connect to, instead of the address.'),
    ca_path: path().optional().describe('PEM file on the host with the authorities to trust.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.src !== undefined && task.body !== undefined) complain('body and src exclude each other', 'src');
    if (task.remote_src && task.src !== undefined && !/^(?:\/|\{\{)/.test(task.src))
      complain('expected an absolute path on the host', 'src');
  });

type Params = z.infer<typeof params>;

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
  params,
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
