import { describe, expect, test } from 'vitest';
import { routeTo } from '../../../src/inventory/ssh-config/route.ts';
import { readSshSettings, type SshSettings } from '../../../src/inventory/ssh-config/settings.ts';
import { SshConfig } from '../../../src/inventory/ssh-config/ssh-config.ts';
import { DiagnosticError } from '../../../src/model/diagnostic.ts';
import type { SshMachine } from '../../../src/model/ssh-machine.ts';
import { matchesGlob } from '../../../src/util/matches-glob.ts';

interface World {
  readonly files: Readonly<Record<string, string>>;
  readonly ran?: string[];
}

/** A machine whose only files are these; a command ends well when it is `true`. */
const machineWith = ({ files, ran = [] }: World): SshMachine & { readonly reads: string[] } => {
  const reads: string[] = [];
  return {
    reads,
    ...{ home: '/home/me', localUser: 'me', userId: 1000, hostName: 'desk.example.org' },
    text(path) {
      reads.push(path);
      return files[path];
    },
    glob: (pattern) => Object.keys(files).filter((file) => matchesGlob(file, pattern)),
    succeeds(command) {
      ran.push(command);
      return command === 'true';
    },
    isInNetwork: (networks) => networks === '192.0.2.0/24',
    env: (name) => ({ KEYS: '/keys' })[name],
    homeOf: (user) => (user === 'other' ? '/home/other' : undefined),
  };
};

/** What ssh expands, spelled so that nobody else does. */
const [keys, nothing] = ['KEYS', 'NOTHING'].map((name) => `\${${name}}`);

const user = '/home/me/.ssh/config';
const system = '/etc/ssh/ssh_config';

const settingsOf = (host: string, files: World['files']): SshSettings => {
  const machine = machineWith({ files });
  const query = { host, commandLine: [], file: undefined };
  return readSshSettings(new SshConfig(machine).optionsOf(query), machine);
};

const messagesOf = ({ problems }: Pick<SshSettings, 'problems'>): readonly string[] =>
  problems.map(({ severity, message, span }) =>
    [span === undefined ? '' : `${span.line}:${span.column} `, severity, ': ', message].join(''),
  );

describe('files', () => {
  test('of the user come before those of the system; what is included stands where it is included', () => {
    const found = settingsOf('web1', {
      [user]: 'Include conf.d/*\nUser late\n',
      '/home/me/.ssh/conf.d/a': 'User first\nHost other\n',
      [system]: 'Include more\nPort 2222\nUser system\n',
      '/etc/ssh/more': 'IdentityFile /keys/more\n',
    });
    expect(found).toMatchObject({ user: 'first', port: 2222, identityFiles: ['/keys/more'] });
    expect(found.problems).toEqual([]);
  });

  test('are read once for a thousand hosts, and the places of what they say are known', () => {
    const blocks = Array.from(
      { length: 1000 },
      (_, at) => `Host web${at}\n  HostName 10.0.0.${at}\n  Port 22\n`,
    );
    const machine = machineWith({ files: { [user]: blocks.join('') } });
    const config = new SshConfig(machine);
    const begun = performance.now();
    for (let at = 0; at < 1000; at += 1) {
      const { settings } = routeTo({ host: `web${at}`, commandLine: [], file: undefined }, config, {
        acceptNewHostKeys: false,
      });
      expect(settings.address).toBe(`10.0.0.${at}`);
      expect(settings.origins?.[0]).toBe(`HostName at ~/.ssh/config:${at * 3 + 2}`);
    }
    // No limit: a run says how long it took.
    console.info(`1,000 hosts of 1,000 blocks: ${Math.round(performance.now() - begun)} ms`);
    expect(machine.reads).toEqual([user, system]);
  });

  test('a file that is asked for has to be there; none reads none', () => {
    const machine = machineWith({ files: { [user]: 'User config\n' } });
    const ask = (file: string | undefined) =>
      readSshSettings(new SshConfig(machine).optionsOf({ host: 'web1', commandLine: [], file }), machine);
    expect(ask('/not/there').problems).toMatchObject([{ code: 'no-ssh-config' }]);
    expect(ask('none')).toMatchObject({ user: 'me', problems: [] });
  });

  test('one that is refused is refused for all hosts', () => {
    const machine: SshMachine = {
      ...machineWith({ files: {} }),
      text: () => {
        throw new DiagnosticError([{ severity: 'error', code: 'x', message: 'others may write' }]);
      },
    };
    const config = new SshConfig(machine);
    for (const host of ['a', 'b'])
      expect(config.optionsOf({ host, commandLine: [], file: undefined }).problems).toMatchObject([
        { message: 'others may write' },
      ]);
  });
});

describe('conditions', () => {
  test('commands run only where all before them hold', () => {
    const ran: string[] = [];
    const text =
      'Match host other exec "never"\nMatch host web1 exec "check %h %n"\nMatch exec true\nUser yes\n';
    const machine = machineWith({ files: { [user]: text }, ran });
    const found = new SshConfig(machine).optionsOf({ host: 'web1', commandLine: [], file: undefined });
    expect(ran).toEqual(['check web1 web1', 'true']);
    expect(readSshSettings(found, machine).user).toBe('yes');
  });

  test.each([
    ['Match localnetwork 192.0.2.0/24', true],
    ['Match localnetwork 198.51.100.0/24', false],
    ['Match tagged ""', true],
    ['Match tagged prod', false],
    ['Match sessiontype exec', true],
    ['Match command ""', false],
  ])('%s', (condition, holds) => {
    expect(settingsOf('web1', { [user]: `${condition}\nUser yes\n` }).user).toBe(holds ? 'yes' : 'me');
  });
});

describe('values', () => {
  test.each([
    [`IdentityFile ${keys}/id`, { identityFiles: ['/keys/id'] }],
    ['IdentityFile ~other/id', { identityFiles: ['/home/other/id'] }],
    ['IdentityFile none', { identityFiles: [] }],
    ['IdentityFile %L-%l-%u-%i-%d', { identityFiles: ['desk-desk.example.org-me-1000-/home/me'] }],
    ['UserKnownHostsFile /%C', { userKnownHostsFiles: ['/88da6a7a1dfa5b6179ffab9d7bb0e0b7810c7b3f'] }],
    ['IdentityAgent $KEYS', { identityAgent: '/keys' }],
    ['IdentityAgent $NOTHING', { identityAgent: null }],
    ['ForwardAgent $KEYS', { forwardAgent: '/keys' }],
    ['ProxyJump u%%r@%h-gate', { jumpHosts: [{ user: 'u%r', host: 'web1-gate', port: undefined }] }],
    ['ProxyCommand = nc -X "%h" %p', { proxyCommand: 'nc -X "web1" 22' }],
  ])('%s', (line, expected) => {
    const found = settingsOf('web1', { [user]: `${line}\n` });
    expect(messagesOf(found)).toEqual([]);
    expect(found).toMatchObject(expected);
  });

  test.each([
    ['Port 0', '1:1 error: "Port" wants a port from 1 to 65535; found "0"'],
    ['Port', '1:1 error: "Port" has no value'],
    ['Port 22 23', '1:1 error: "Port" takes one value; found "23" too'],
    ['User "me', '1:1 error: a quote of "User" is not closed'],
    ['Match', '1:1 error: "Match" has no value'],
    ['Match hots a', '1:1 error: "Match" knows no condition "hots"'],
    ['Match host', '1:1 error: the condition "host" of "Match" has no value'],
    ['Match host a user b all', '1:1 error: "all" of "Match" stands alone, or behind "canonical" or "final"'],
    [`  ForwardAgent ${nothing}`, `1:3 error: the variable NOTHING in "${nothing}" is not set`],
    ['IdentityFile ~nobody/id', '1:1 error: there is no account "nobody" for "~nobody/id"'],
    ['Hots a', '1:1 warning: unknown option "Hots" of ssh: it is not followed'],
    [
      'CanonicalizeHostname yes',
      '1:1 warning: "CanonicalizeHostname" is not followed: names are looked up as they are',
    ],
    ['ProxyJump me@web1', '1:1 error: "ProxyJump" of web1 leads through the same host'],
  ])('%s', (line, message) => {
    expect(messagesOf(settingsOf('web1', { [user]: `${line}\n` }))).toEqual([message]);
  });

  test('an unknown option that IgnoreUnknown names is passed over', () => {
    expect(settingsOf('web1', { [user]: 'IgnoreUnknown New*\nNewOption yes\n' }).problems).toEqual([]);
  });
});

test('jump hosts that need one another are an error, not a way without an end', () => {
  const machine = machineWith({ files: { [user]: 'Host a\nProxyJump b\nHost b\nProxyJump a\n' } });
  const query = { host: 'web1', commandLine: [], file: undefined };
  const a = { name: 'proxyjump', values: ['a'], span: undefined, origin: '' };
  const { problems } = routeTo({ ...query, commandLine: [a] }, new SshConfig(machine), {
    acceptNewHostKeys: false,
  });
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/goes through more than 16 jump hosts; does one of them need itself\?/),
  ]);
});
