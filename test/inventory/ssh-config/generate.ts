import { chance } from '../../support/chance.ts';

/** Files of ssh's configuration, a host to ask for, and arguments before it. */
export interface SshConfigCase {
  /** Relative path → text; `config` is the one that is read. `BASE` in them is the folder that they are in. */
  readonly files: Readonly<Record<string, string>>;
  readonly host: string;
  readonly args: readonly string[];
}

const hosts = ['web1', 'web2.example.org', 'DB', 'db', '10.0.0.5', 'bastion', 'a.b.example.org', '::1'];
const patterns = [
  ...['*', 'web*', 'web?', '*.example.org', 'db', 'DB', 'd?', '10.0.*', 'bastion', 'w*1', '*b*', '::1'],
  ...['*.org', 'other', '?'],
];
const users = ['root', 'deploy', 'git', 'me'];
const jumps = [
  ...['bastion', 'deploy@bastion:2222', 'a,b', 'u@a:1,b:2,c', 'none', 'ssh://x@y:33', '[::1]:22', '10.0.0.1'],
];
const files = ['~/.ssh/id_a', '/keys/%h', '%d/.ssh/id_%r', '/keys/id_b', '/keys/%n-%p', '"/keys/with blank"'];
// biome-ignore lint/suspicious/noTemplateCurlyInString: ssh expands it
const ofHome = '${HOME}/known';
const knownHosts = [
  ...['/known/%h', '~/.ssh/known_%k', '/known/a /known/b', '"/known/with blank" /known/c', 'none'],
  ...['/known/%%-%p-%r-%u-%n-%L-%i', ofHome],
];

const values: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['HostName', ['%h.example.net', '192.0.2.7', 'Real.Example.Org', '%%h', 'x-%h']],
  ['Port', ['22', '2222', '65535']],
  ['User', users],
  ['IdentityFile', files],
  ['IdentityFile', files],
  ['CertificateFile', files],
  ['IdentitiesOnly', ['yes', 'no', 'True', 'FALSE']],
  ['IdentityAgent', ['none', '/run/agent-%u', '~/agent', 'SSH_AUTH_SOCK', '/run/%h.sock']],
  ['ProxyJump', jumps],
  ['ProxyCommand', ['none', 'nc %h %p', 'ssh -W "%h:%p" gate # all of it', '  connect %r@%n  ']],
  ['UserKnownHostsFile', knownHosts],
  ['GlobalKnownHostsFile', ['/etc/known', '/etc/known /etc/more', 'none']],
  ['StrictHostKeyChecking', ['yes', 'no', 'ask', 'accept-new', 'off', 'true']],
  ['HostKeyAlias', ['alias', 'Alias.Example']],
  ['ConnectTimeout', ['5', '2m', '1h30', '90s', 'none']],
  ['ServerAliveInterval', ['0', '15', '1m']],
  ['ServerAliveCountMax', ['0', '3', '10']],
  ['AddressFamily', ['any', 'inet', 'inet6']],
  ['ForwardAgent', ['yes', 'no']],
  ['BindAddress', ['192.0.2.1']],
  ['Compression', ['yes', 'no']],
  ['LogLevel', ['ERROR']],
  ['SendEnv', ['LANG LC_*']],
];

/** A case that is the same whenever it is asked for by the same number. */
export const sshConfigCase = (seed: number): SshConfigCase => {
  const below = chance(seed);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make);
  const spelled = (name: string): string => pick([name, name, name.toLowerCase(), name.toUpperCase()]);
  const between = (): string => pick([' ', ' ', '  ', '\t', '=', ' = ', ' =']);

  const optionLine = (): string => {
    const [name, from] = pick(values);
    const end = pick([
      '',
      '',
      '',
      ' ',
      '\r',
      name.startsWith('Proxy') || name === 'HostName' ? '' : ' # why',
    ]);
    return `${pick(['', '  ', '\t'])}${spelled(name)}${between()}${pick(from)}${end}`;
  };
  const patternList = (): string =>
    [pick(patterns), ...some(2, () => `${pick(['', '!'])}${pick(patterns)}`)].join(',');
  const criterion = (): string =>
    pick([
      () => `host ${patternList()}`,
      () => `originalhost ${patternList()}`,
      () => `user ${pick(users)},${pick(['!', ''])}${pick(users)}`,
      () => `localuser ${pick(['root', '*', 'nobody', '!root,*'])}`,
      () => `!host ${pick(patterns)}`,
      () => `!user ${pick(users)}`,
      () => `exec "${pick(['true', 'false', 'test %h = web1', 'test %p = 22', "test '%n' = db"])}"`,
      () => pick(['final', 'canonical', '!canonical']),
    ])();
  const header = (): string =>
    pick([
      () => `Host ${[pick(patterns), ...some(2, () => `${pick(['', '', '!'])}${pick(patterns)}`)].join(' ')}`,
      () => `Host${between()}${pick(patterns)}`,
      () => `Host "${pick(patterns)}" ${pick(patterns)} # of it`,
      () => `Match ${[criterion(), ...some(1, criterion)].join(' ')}`,
      () => `Match ${pick(['all', 'final all', '!all'])}`,
    ])();
  const noise = (): string => pick(['', '# comment', '   # Host nothing', '\t']);
  const section = (includes: readonly string[]): string[] => [
    header(),
    ...some(4, () => {
      if (includes.length > 0 && below(5) === 0) return `Include ${pick(includes)}`;
      return below(5) === 0 ? noise() : optionLine();
    }),
  ];
  const text = (includes: readonly string[]): string =>
    [...some(2, optionLine), ...some(5, () => section(includes)).flat(), ''].join('\n');
  const argument = (): readonly string[] => {
    const [name, from] = pick(values);
    const value = pick(from.filter((one) => !one.includes(' ') && !one.includes('"')));
    return pick([
      () => ['-o', `${spelled(name)}=${value ?? 'none'}`],
      () => ['-p', pick(['22', '2022'])],
      () => ['-l', pick(users)],
      () => ['-o', `User ${pick(users)}`],
      () => ['-A'],
    ])();
  };
  return {
    files: {
      config: text(['BASE/one', 'BASE/t*', 'BASE/none-there', '"BASE/one" BASE/two']),
      one: text(['BASE/two']),
      two: text([]),
    },
    host: pick(hosts),
    args: below(3) === 0 ? some(2, argument).flat() : [],
  };
};
