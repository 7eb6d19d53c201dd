import { describe, expect, it } from 'vitest';
import { addresseeOf, type Layout, servingProcesses } from '../containers/synapse/traffic/serving-process.ts';

const worker = (name: string, ...kinds: string[]) => ({ name, kinds });

/** The sixteen of the flagship. */
const all: Layout = [
  ...['login', 'federation_sender', 'mediaworker', 'userdir', 'pusher', 'push_rules', 'typing', 'todevice'],
  ...['accountdata', 'presence', 'receipts', 'initial_sync1', 'initial_sync2'],
  ...['normal_sync1', 'normal_sync2', 'normal_sync3'],
].map((name) => worker(name, name.replace(/\d$/, '')));

const streams: Layout = [
  worker('streams', 'typing', 'todevice', 'accountdata', 'presence', 'receipts', 'push_rules'),
];

const api = '/_matrix/client/v3';
const user = '%40alice%3Aexample.org';
const room = '!a%3Aexample.org';

/** A request for each kind, by kind. */
const samples: Readonly<Record<string, string>> = {
  login: `${api}/login`,
  userdir: `${api}/user_directory/search`,
  mediaworker: '/_matrix/client/v1/media/download/example.org/abc?allow_redirect=true',
  typing: `${api}/rooms/${room}/typing/${user}`,
  todevice: `${api}/sendToDevice/m.test/1`,
  accountdata: `${api}/user/${user}/account_data/org.test`,
  receipts: `${api}/rooms/${room}/read_markers`,
  presence: `${api}/presence/${user}/status`,
  push_rules: `${api}/pushrules/`,
  initial_sync: `${api}/sync?timeout=0`,
  normal_sync: `${api}/sync?timeout=0&since=s1_2`,
  main: `${api}/createRoom`,
};

describe('Requests', () => {
  it.each(Object.entries(samples))('of %s are told by their path and query', (kind, target) => {
    expect(addresseeOf(target)).toBe(kind);
  });

  it('of old clients go where those of new ones go', () => {
    expect(addresseeOf('/_matrix/client/api/v1/initialSync')).toBe('initial_sync');
    expect(addresseeOf(`/_matrix/client/r0/rooms/${room}/initialSync`)).toBe('initial_sync');
    expect(addresseeOf('/_matrix/client/r0/events?timeout=0')).toBe('normal_sync');
    expect(addresseeOf(`/_matrix/client/api/v1/rooms/${room}/typing/${user}`)).toBe('typing');
    expect(addresseeOf('/_matrix/media/r0/upload')).toBe('mediaworker');
  });

  it('are of main when they only look like something else', () => {
    for (const target of [
      `${api}/rooms/${room}/state/org.test/a%2Ftyping%2Fb`,
      `${api}/rooms/${room}/state/org.test/pushrules`,
      `${api}/rooms/${room}/typing`,
      `${api}/directory/room/%23a%2Fsync%3Aexample.org`,
      `${api}/user/${user}/filter/1`,
      '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync',
      '/_matrix/federation/v1/version',
      '/.well-known/matrix/client',
    ])
      expect(addresseeOf(target), target).toBe('main');
  });

  it('with an empty since are first syncs', () => {
    expect(addresseeOf(`${api}/sync?since=&timeout=0`)).toBe('initial_sync');
  });

  it('are refused by nginx where Synapse must not be reached', () => {
    for (const target of ['/', '/other', '/_synapse/admin/v1/register', '/_synapse/replication/x'])
      expect(servingProcesses(target, all), target).toEqual([]);
  });
});

describe('Without workers', () => {
  it.each(Object.keys(samples))('main serves %s', (kind) => {
    expect(servingProcesses(samples[kind] ?? '', [])).toEqual(['main']);
  });
});

describe('With the sixteen', () => {
  it.each(Object.keys(samples))('%s is served by its own workers', (kind) => {
    const own = all.filter(({ kinds }) => kinds.includes(kind)).map(({ name }) => name);
    expect(servingProcesses(samples[kind] ?? '', all)).toEqual(kind === 'main' ? ['main'] : own);
  });

  it('any sync worker of the kind may serve a sync', () => {
    expect(servingProcesses(samples['initial_sync'] ?? '', all)).toEqual(['initial_sync1', 'initial_sync2']);
  });
});

describe('With one worker for all streams', () => {
  it.each(Object.keys(samples))('%s is served by it or by main', (kind) => {
    const isStream = streams[0]?.kinds.includes(kind) === true;
    expect(servingProcesses(samples[kind] ?? '', streams)).toEqual([isStream ? 'streams' : 'main']);
  });
});

describe('With workers for some', () => {
  it('first syncs are main’s when only the others have a worker', () => {
    const layout = [worker('sync', 'normal_sync')];
    expect(servingProcesses(samples['initial_sync'] ?? '', layout)).toEqual(['main']);
    expect(servingProcesses(samples['normal_sync'] ?? '', layout)).toEqual(['sync']);
  });

  it('all workers of a kind may serve it, also those that do something else too', () => {
    const layout = [worker('a', 'receipts', 'login'), worker('b', 'receipts')];
    expect(servingProcesses(samples['receipts'] ?? '', layout)).toEqual(['a', 'b']);
    expect(servingProcesses(samples['login'] ?? '', layout)).toEqual(['a']);
  });
});
