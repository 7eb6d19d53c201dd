import { readSshArgs } from '../../../src/inventory/ssh-args.ts';
import { readJumpHosts, renderJumpHost } from '../../../src/inventory/ssh-config/jump-hosts.ts';
import { readSshSettings, type SshSettings } from '../../../src/inventory/ssh-config/settings.ts';
import type { HostOptions } from '../../../src/inventory/ssh-config/ssh-config.ts';
import { SshConfig } from '../../../src/inventory/ssh-config/ssh-config.ts';
import type { SshMachine } from '../../../src/model/ssh-machine.ts';
import type { SshConfigCase } from './generate.ts';

/** Lines of `ssh -G` by name; several where a name has several. */
type Printed = Readonly<Record<string, readonly string[]>>;

/** What is compared. ssh prints some as they are written, and some with tokens and `~` expanded. */
export const compared = [
  ...['hostname', 'user', 'port', 'addressfamily', 'connecttimeout', 'forwardagent', 'globalknownhostsfile'],
  ...[
    'userknownhostsfile',
    'hostkeyalias',
    'identitiesonly',
    'identityagent',
    'identityfile',
    'certificatefile',
  ],
  ...['proxycommand', 'proxyjump', 'serveraliveinterval', 'serveralivecountmax', 'stricthostkeychecking'],
  'bindaddress',
];

const strictNames: Readonly<Record<string, string>> = { true: 'yes', false: 'no', off: 'no' };

/** Reads what `ssh -G` printed. */
const readPrinted = (text: string): Printed => {
  const printed: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (!compared.includes(name)) continue;
    const isDefault = value === 'none' && (name === 'connecttimeout' || name.endsWith('file'));
    if (isDefault) continue;
    const shown = name === 'stricthostkeychecking' ? (strictNames[value] ?? value) : value;
    printed[name] = [...(printed[name] ?? []), shown];
  }
  return printed;
};

/** The same, of what we have found. */
const print = (found: HostOptions, settings: SshSettings, home: string): Printed => {
  const raw = (name: string): readonly string[] | undefined =>
    found.options
      .get(name)
      ?.flatMap(({ values }) => values)
      .filter((value) => value !== 'none');
  const one = (value: unknown): readonly string[] | undefined =>
    value === undefined ? undefined : [String(value)];
  const flag = (value: boolean): readonly string[] => [value ? 'yes' : 'no'];
  const jump = settings.jumpHosts.length === 0 ? undefined : found.options.get('proxyjump')?.[0]?.values[0];
  const hops = readJumpHosts(jump ?? '') ?? [];
  const extra = (jump ?? '').replace(/,?[^,]*$/, '');
  const agent = found.options.get('identityagent')?.[0]?.values[0];
  const printed: Record<string, readonly string[] | undefined> = {
    hostname: [settings.host],
    user: [settings.user],
    port: [String(settings.port)],
    addressfamily: [{ 0: 'any', 4: 'inet', 6: 'inet6' }[settings.addressFamily ?? 0]],
    connecttimeout: one(settings.connectTimeoutS),
    forwardagent: typeof settings.forwardAgent === 'string' ? undefined : flag(settings.forwardAgent),
    globalknownhostsfile: one(
      (settings.globalKnownHostsFiles ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']).join(' '),
    ),
    userknownhostsfile: one(
      (settings.userKnownHostsFiles ?? [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`]).join(' '),
    ),
    hostkeyalias: one(settings.hostKeyAlias),
    identitiesonly: flag(settings.identitiesOnly),
    identityagent: one(agent === 'none' || agent === 'SSH_AUTH_SOCK' ? agent : settings.identityAgent),
    identityfile: raw('identityfile'),
    certificatefile: raw('certificatefile'),
    proxycommand: settings.proxyCommand === undefined ? undefined : raw('proxycommand'),
    proxyjump:
      hops.length === 0
        ? undefined
        : [`${extra === '' ? '' : `${extra},`}${renderJumpHost(hops.at(-1) as (typeof hops)[number])}`],
    serveraliveinterval: [String(settings.serverAliveIntervalS ?? 0)],
    serveralivecountmax: [String(settings.serverAliveCountMax ?? 3)],
    stricthostkeychecking: [settings.strictHostKeyChecking ?? 'ask'],
    bindaddress: one(settings.bindAddress),
  };
  return Object.fromEntries(
    Object.entries(printed).filter(
      (entry): entry is [string, readonly string[]] =>
        entry[1] !== undefined && entry[1].length > 0 && entry[1].join('') !== '',
    ),
  );
};

/** Without what is only ssh's default: the files it would try, which differ from version to version. */
const withoutDefaults = (printed: Printed, ours: Printed): Printed =>
  Object.fromEntries(
    Object.entries(printed).filter(([name]) => name !== 'identityfile' || ours['identityfile'] !== undefined),
  );

/** How `ssh -G` ended, and what it printed. */
export interface SshAnswer {
  readonly status: number;
  readonly stdout: string;
}

/** The arguments of `ssh -G` for a case whose files are in the folder. */
export const argumentsOf = ({ args, host }: SshConfigCase, folder: string): readonly string[] => [
  '-G',
  '-F',
  `${folder}/config`,
  ...args,
  host,
];

const quote = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`;

/** @returns whether both refuse it, or what differs; undefined: nothing */
export const compareWithSsh = (
  { args, host }: SshConfigCase,
  folder: string,
  machine: SshMachine,
  answer: SshAnswer,
): { readonly refused: boolean; readonly differs?: unknown } => {
  const read = readSshArgs(args.map(quote).join(' '), { name: 'args', span: undefined });
  const found = new SshConfig(machine).optionsOf({
    host,
    commandLine: read.options,
    file: `${folder}/config`,
  });
  const settings = readSshSettings(found, machine);
  const problems = [...settings.problems, ...read.problems].filter(({ severity }) => severity === 'error');
  const refused = answer.status !== 0;
  if (refused !== problems.length > 0) return { refused, differs: { problems, answer } };
  if (refused) return { refused };
  const ours = print(found, settings, machine.home);
  const theirs = withoutDefaults(readPrinted(answer.stdout), ours);
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const differing = names.filter((name) => JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]));
  if (differing.length === 0) return { refused };
  return {
    refused,
    differs: {
      host,
      args,
      ...Object.fromEntries(differing.map((name) => [name, [ours[name], theirs[name]]])),
    },
  };
};
