import { z } from 'zod';
import { waitHere } from '../actions/done-here.ts';
import { type Expected, lookFor, waitUntil } from '../actions/wait-until.ts';
import { file } from '../facts/files.ts';
import { probe } from '../facts/probes.ts';
import { tcpSocket } from '../facts/sockets.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

const atLeast = (least: number) =>
  integer().refine((value) => value >= least, { error: `expected a number, ${least} or more` });

const isRegex = (source: string): boolean => {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
};

const params = z
  .strictObject({
    host: text()
      .refine((name) => /^[A-Za-z0-9:._-]+$/.test(name), { error: 'expected a host name or an address' })
      .default('127.0.0.1')
      .describe('Name or address, as seen from the managed host.'),
    port: integer()
      .refine((port) => port > 0 && port < 65536, { error: 'expected a port between 1 and 65535' })
      .optional()
      .describe('TCP port that must accept connections (or, `stopped`, must not).'),
    path: path().optional().describe('File that must be there (or, `absent`, must not).'),
    search_regex: text()
      .refine(isRegex, { error: 'not a regular expression' })
      .optional()
      .describe(
        "Extended regular expression (grep -E, a line at a time) that must match something in the file. Python's `\\d` and `\\w` are read as classes.",
      ),
    state: z
      .enum(['started', 'stopped', 'present', 'absent'], {
        error: 'expected started, stopped, present or absent (drained is not supported)',
      })
      .default('started')
      .describe('`present` means `started`, `absent` means `stopped`.'),
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
    if (given.port !== undefined && given.search_regex !== undefined)
      complain('search_regex', 'search_regex goes with path, not with port');
    if (given.path === undefined && given.search_regex !== undefined)
      complain('search_regex', 'search_regex needs path');
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
    .replaceAll('(?:', '(');

const expectedOf = (given: Params): Expected => {
  if (given.path !== undefined)
    return {
      type: 'path',
      path: given.path,
      regex: given.search_regex === undefined ? undefined : toExtended(given.search_regex),
    };
  return {
    type: 'port',
    host: given.host,
    port: given.port ?? 0,
    connectTimeoutSeconds: given.connect_timeout,
  };
};

const nounOf = (given: Params): string => {
  if (given.path === undefined) return `${given.host}:${given.port}`;
  return given.search_regex === undefined
    ? `file ${given.path}`
    : `search string ${given.search_regex} in ${given.path}`;
};

/** Ansible's words. */
const failureOf = (given: Params): string => {
  if (given.msg !== undefined) return given.msg;
  const noun = nounOf(given);
  if (isWantedUp(given)) return `Timeout when waiting for ${noun}`;
  return given.path === undefined
    ? `Timeout when waiting for ${noun} to stop.`
    : `Timeout when waiting for ${given.path} to be absent.`;
};

const lookOf = (given: Params, context: TaskContext) => {
  const local = given.port === undefined ? [] : portLook(given).local;
  const knocks = given.port !== undefined && local.length === 0;
  const searches = given.search_regex !== undefined;
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

const resultOf = (given: Params): Readonly<Record<string, unknown>> => ({
  elapsed: 0,
  state: given.state,
  path: given.path ?? null,
  port: given.port ?? null,
  search_regex: given.search_regex ?? null,
});

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
    if (given.port === undefined && given.path === undefined) return [waitHere(given.delay + given.timeout)];
    if (isUp(given, facts, context) === isWantedUp(given)) return { actions: [], result: resultOf(given) };
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
      result: resultOf(given),
      finish: ([outcome]) => ({ elapsed: Math.round((outcome?.durationMs ?? 0) / 1000) }),
    };
  },
});
