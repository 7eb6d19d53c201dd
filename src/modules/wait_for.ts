import { z } from 'zod';
import { waitHere } from '../actions/done-here.ts';
import { type Expected, lookFor, waitUntil } from '../actions/wait-until.ts';
import { file } from '../facts/files.ts';
import { probe } from '../facts/probes.ts';
import { tcpSocket } from '../facts/sockets.ts';
import type { ActionOutcome } from '../model/action.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { pythonRegex, regex } from './params/python-regex.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const atLeast = (least: number) =>
  integer().refine((value) => value >= least, { error: `expected a number, ${least} or more` });

const isHostName = (name: string): boolean => /^[A-Za-z0-9:._-]+$/.test(name);

const hostName = () => text().refine(isHostName, { error: 'expected a host name or an address' });

/** States of a connection, in the order of the kernel's numbers, from 1. */
const stateNames: readonly string[] = [
  ...['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT'],
  ...['CLOSE', 'CLOSE_WAIT', 'LAST_ACK', 'LISTEN', 'CLOSING'],
];

const stateNumber = (name: string): string =>
  (stateNames.indexOf(name) + 1).toString(16).toUpperCase().padStart(2, '0');

const params = z
  .strictObject({
    host: hostName().default('127.0.0.1').describe('Name or address, as seen from the managed host.'),
    port: integer()
      .refine((port) => port > 0 && port < 65536, { error: 'expected a port between 1 and 65535' })
      .optional()
      .describe('TCP port that must accept connections (or, `stopped`, must not).'),
    path: path().optional().describe('File that must be there (or, `absent`, must not).'),
    search_regex: regex()
      .optional()
      .describe(
        "Extended regular expression (grep -E, a line at a time) that must match something in the file, or in what is said on the port. Python's `\\d` and `\\w` are read as classes. What its groups match is `match_groups` and `match_groupdict`.",
      ),
    state: z
      .enum(['started', 'stopped', 'present', 'absent', 'drained'], {
        error: 'expected started, stopped, present, absent or drained',
      })
      .default('started')
      .describe(
        '`present` means `started`, `absent` means `stopped`; `drained`: nobody is connected to the port any more.',
      ),
    exclude_hosts: textList()
      .refine((hosts) => hosts.every(isHostName), { error: 'expected host names or addresses' })
      .optional()
      .describe('With `drained`: machines whose connections do not count.'),
    active_connection_states: textList()
      .refine((states) => states.every((state) => stateNames.includes(state)), {
        error: `expected some of ${stateNames.join(', ')}`,
      })
      .default(['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'])
      .describe('With `drained`: states of a connection that counts.'),
    timeout: atLeast(0).default(300).describe('Seconds until it fails.'),
    delay: atLeast(0).default(0).describe('Seconds before the first look, when one is needed at all.'),
    sleep: atLeast(1).default(1).describe('Seconds between looks.'),
    connect_timeout: atLeast(1).default(5).describe('Seconds that one attempt to connect may take.'),
    msg: text().optional().describe('What to say when it fails, instead of the usual text.'),
  })
  .superRefine((given, context) => {
    const complain = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (given.port !== undefined && given.path !== undefined)
      complain('path', 'port and path exclude each other');
    if (given.path === undefined && given.port === undefined && given.search_regex !== undefined)
      complain('search_regex', 'search_regex needs path or port');
    if (given.state === 'drained' && given.port === undefined)
      complain('state', 'drained is about a port: it needs port');
    if (given.state !== 'drained' && given.exclude_hosts !== undefined)
      complain('exclude_hosts', 'exclude_hosts goes with state drained');
  });

type Params = z.infer<typeof params>;

const isWantedUp = ({ state }: Params): boolean => state === 'started' || state === 'present';

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Local ports are looked up in the kernel's tables, for all tasks together; for others somebody has to knock. */
const portLook = ({ host, port = 0 }: Params) => {
  if (host === 'localhost') return { local: [tcpSocket(port, '127.0.0.1'), tcpSocket(port, '::1')] };
  if (loopback.test(host)) return { local: [tcpSocket(port, host)] };
  return { local: [] };
};

/** Python's shorthands in POSIX spelling. */
const toExtended = (regex: string): string =>
  regex
    .replaceAll('\\d', '[0-9]')
    .replaceAll('\\w', '[[:alnum:]_]')
    .replaceAll('\\s', '[[:space:]]')
    .replaceAll(/\(\?(?::|P?<[A-Za-z_]\w*>)/g, '(');

/** What a wait on a port reads there; a port that nobody listens on says nothing. */
const regexFor = (given: Params): string | undefined =>
  given.search_regex === undefined || (given.port !== undefined && !isWantedUp(given))
    ? undefined
    : given.search_regex;

const expectedOf = (given: Params): Expected => {
  const search = regexFor(given);
  const regex = search === undefined ? undefined : toExtended(search);
  const { path, host, port = 0, exclude_hosts: except = [] } = given;
  if (path !== undefined) return { type: 'path', path, regex };
  if (given.state !== 'drained')
    return { type: 'port', host, port, connectTimeoutSeconds: given.connect_timeout, regex };
  return {
    ...{ type: 'connections', host, port, except },
    states: given.active_connection_states.map(stateNumber),
  };
};

const nounOf = (given: Params): string => {
  const place = given.path ?? `${given.host}:${given.port}`;
  const search = regexFor(given);
  if (search !== undefined) return `search string ${search} in ${place}`;
  if (given.state === 'drained') return `connections to ${place}`;
  return given.path === undefined ? place : `file ${place}`;
};

/** Ansible's words. */
const failureOf = (given: Params): string => {
  if (given.msg !== undefined) return given.msg;
  const noun = nounOf(given);
  if (given.state === 'drained') return `Timeout when waiting for ${given.host}:${given.port} to drain`;
  if (isWantedUp(given)) return `Timeout when waiting for ${noun}`;
  return given.path === undefined
    ? `Timeout when waiting for ${noun} to stop.`
    : `Timeout when waiting for ${given.path} to be absent.`;
};

const lookOf = (given: Params, context: TaskContext) => {
  const searches = regexFor(given) !== undefined;
  const isTabled = given.port !== undefined && !searches && given.state !== 'drained';
  const local = isTabled ? portLook(given).local : [];
  const knocks = given.port !== undefined && local.length === 0;
  const expected = expectedOf(given);
  return {
    local,
    probe:
      knocks || searches
        ? probe(`wait_for ${nounOf(given)}`, lookFor(expected), context.identity, given.connect_timeout + 5)
        : undefined,
    file: given.path === undefined || searches ? undefined : file(given.path),
  };
};

const isUp = (given: Params, facts: Facts, context: TaskContext): boolean => {
  const look = lookOf(given, context);
  if (look.probe !== undefined) {
    const answer = facts.get(look.probe);
    return answer !== 'absent' && answer.exitStatus === 0;
  }
  if (look.file !== undefined) return facts.get(look.file) !== 'absent';
  return look.local.some((key) => facts.get(key) !== 'absent');
};

/** What the groups of the regular expression match in the line that was found. */
const matchOf = (given: Params, line: string): Readonly<Record<string, unknown>> => {
  const search = regexFor(given);
  if (search === undefined) return {};
  const match = pythonRegex(search).exec(line);
  return {
    match_groups: (match ?? []).slice(1).map((text) => text ?? null),
    match_groupdict: { ...match?.groups },
  };
};

const foundLine = (given: Params, facts: Facts, context: TaskContext): string => {
  const { probe: look } = lookOf(given, context);
  const answer = look === undefined ? 'absent' : facts.get(look);
  return answer === 'absent' ? '' : answer.stdout;
};

const resultOf = (given: Params, line: string): Readonly<Record<string, unknown>> => ({
  elapsed: 0,
  ...matchOf(given, line),
  state: given.state,
  path: given.path ?? null,
  port: given.port ?? null,
  search_regex: given.search_regex ?? null,
});

/** Whole seconds, as Ansible tells them: what is over. */
const secondsOf = (outcome: ActionOutcome | undefined): number =>
  Math.floor((outcome?.durationMs ?? 0) / 1000);

/** Waits until something is there, or gone. */
export const waitFor = defineModule({
  name: 'wait_for',
  summary: 'Waits until a port answers, or a file is there or holds a text; or until it no longer does.',
  examples: `
- name: Redis answers on its port
  wait_for:
    port: 6379
    timeout: 30

- name: Redis does not listen on TCP
  wait_for:
    port: 6379
    state: stopped
    timeout: 5

- name: Nobody is connected to the port any more but the load balancer
  wait_for:
    host: 0.0.0.0
    port: 8008
    state: drained
    exclude_hosts: lb.example.org

- name: Synapse has said that it listens
  wait_for:
    path: /var/log/matrix-synapse/homeserver.log
    search_regex: Synapse now listening
`,
  params,
  facts(given, context) {
    const { local, probe: knock, file: seen } = lookOf(given, context);
    return [...local, ...(knock === undefined ? [] : [knock]), ...(seen === undefined ? [] : [seen])];
  },
  plan(given, facts, context) {
    if (given.port === undefined && given.path === undefined)
      return {
        actions: [waitHere(given.delay + given.timeout)],
        result: resultOf(given, ''),
        finish: ([outcome]) => ({ elapsed: secondsOf(outcome) }),
      };
    if (isUp(given, facts, context) === isWantedUp(given))
      return { actions: [], result: resultOf(given, foundLine(given, facts, context)) };
    const action = waitUntil({
      expected: expectedOf(given),
      isWanted: isWantedUp(given),
      noun: nounOf(given),
      failure: failureOf(given),
      timeoutSeconds: given.timeout,
      delaySeconds: given.delay,
      sleepSeconds: given.sleep,
    });
    return {
      actions: [action],
      result: resultOf(given, ''),
      finish: ([outcome]) => ({
        ...matchOf(given, outcome?.stdout ?? ''),
        elapsed: secondsOf(outcome),
        ...(outcome?.exitStatus !== 0 && { msg: failureOf(given) }),
      }),
    };
  },
});
