import { describe, expect, it } from 'vitest';
import { type AccessLine, parseAccessLines } from '../containers/synapse/traffic/access-lines.ts';
import { misrouted, unasked, unlogged } from '../containers/synapse/traffic/misrouted.ts';
import type { RecordedRequest } from '../containers/synapse/traffic/recorder.ts';

const api = '/_matrix/client/v3';

let count = 0;
const request = (target: string, status: number | undefined = 200, user = '@alice:x'): RecordedRequest => {
  count += 1;
  return { agent: `run/${count}`, step: 'a test', user, method: 'GET', target, status };
};

const line = ({ agent }: RecordedRequest, process: string, status = 200): AccessLine => ({
  agent,
  process,
  status,
});

const layout = [
  { name: 'typing', kinds: ['typing'] },
  { name: 'sync1', kinds: ['normal_sync'] },
  { name: 'sync2', kinds: ['normal_sync'] },
];

const faults = (requests: readonly RecordedRequest[], lines: readonly AccessLine[]): readonly string[] =>
  misrouted(requests, lines, layout);

describe('Access lines', () => {
  const text = [
    'typing.log:2026-11-26 20:00:01,234 - synapse.access.http.unix:/run/matrix-synapse/inbound_typing.sock - 508 - INFO - PUT-1 - 172.17.0.1 - unix:/run/matrix-synapse/inbound_typing.sock - {@a:x} Processed request: 0.012sec/0.001sec (0.003sec, 0.000sec) (0.001sec/0.002sec/3) 2B 200 "PUT /_matrix/client/v3/rooms/r/typing/u HTTP/1.1" "run/7" [0 dbevts]',
    'homeserver.log.2026-11-25:2026-11-25 23:59:59,999 - x - 1 - INFO - GET-2 - 172.17.0.1 - unix - {None} Processed request: 30.012sec/-0.001sec (0.003sec, 0.000sec) (0.001sec/0.002sec/3) 0B 200! "GET /a HTTP/1.1" "run/8" [12 dbevts]',
    'typing.log:2026-11-26 20:00:01,234 - synapse.x - 1 - WARNING - PUT-1 - something about "run/7"',
  ].join('\n');

  it('tell the process, the request and its status', () => {
    expect(parseAccessLines(text)).toEqual([
      { process: 'typing', agent: 'run/7', status: 200 },
      { process: 'main', agent: 'run/8', status: 200 },
    ]);
  });

  it('are none in an empty text', () => {
    expect(parseAccessLines('')).toEqual([]);
  });
});

describe('Traffic', () => {
  it('that went where it should has no faults', () => {
    const one = request(`${api}/sync?since=s2`);
    const other = request(`${api}/sync?since=s3`);
    const refused = request('/_synapse/replication/x', 404);
    expect(faults([one, other, refused], [line(one, 'sync2'), line(other, 'sync2')])).toEqual([]);
  });

  it('that another process served is named', () => {
    const typing = request(`${api}/rooms/r/typing/u`);
    expect(faults([typing], [line(typing, 'main')])).toEqual([
      `GET ${api}/rooms/r/typing/u (a test): 200, wanted of typing, is of main`,
    ]);
  });

  it('that two processes served is named', () => {
    const typing = request(`${api}/rooms/r/typing/u`);
    expect(faults([typing], [line(typing, 'typing'), line(typing, 'main')])).toEqual([
      `GET ${api}/rooms/r/typing/u (a test): 200, wanted of typing, is of typing and main`,
    ]);
  });

  it('that is in no log is named, and waited for before', () => {
    const typing = request(`${api}/rooms/r/typing/u`, 404);
    expect(unlogged([typing], [])).toEqual([typing]);
    expect(faults([typing], [])).toEqual([
      `GET ${api}/rooms/r/typing/u (a test): 404, wanted of typing, is in no log`,
    ]);
  });

  it('that nginx could not pass on is named, and not waited for', () => {
    const typing = request(`${api}/rooms/r/typing/u`, 502);
    expect(unlogged([typing], [])).toEqual([]);
    expect(faults([typing], [])).toEqual([`GET ${api}/rooms/r/typing/u (a test): 502, from nginx`]);
  });

  it('that broke in Synapse is named', () => {
    const typing = request(`${api}/rooms/r/typing/u`, 500);
    expect(faults([typing], [line(typing, 'typing', 500)])).toEqual([
      `GET ${api}/rooms/r/typing/u (a test): 500, from typing`,
    ]);
  });

  it('that reached Synapse where nginx should have refused is named', () => {
    const admin = request('/_synapse/admin/v1/x', 401);
    expect(faults([admin], [line(admin, 'main', 401)])).toEqual([
      'GET /_synapse/admin/v1/x (a test): 401, wanted of nginx, is of main',
    ]);
  });

  it('that the client gave up is left alone', () => {
    const sync = { ...request(`${api}/sync?since=s2`), status: undefined };
    expect(unlogged([sync], [])).toEqual([]);
    expect(faults([sync], [])).toEqual([]);
  });

  it('of one user that two sync workers serve in turn is named', () => {
    const one = request(`${api}/sync?since=s2`);
    const other = request(`${api}/sync?since=s3`);
    expect(faults([one, other], [line(one, 'sync1'), line(other, 'sync2')])).toEqual([
      '@alice:x: normal_sync is served by sync1 and sync2 in turn',
    ]);
  });

  it('that left a kind out proves nothing of it', () => {
    const noOneAsks = { name: 'pusher', kinds: ['pusher', 'federation_sender'] };
    expect(unasked([request(`${api}/rooms/r/typing/u`)], [...layout, noOneAsks])).toEqual([
      'nothing was asked of workers of the kind normal_sync',
    ]);
  });
});
