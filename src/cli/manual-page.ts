import { commandTexts } from './command-texts.ts';
import type { Outline, OutlineCommand, OutlineOption } from './completion/outline.ts';
import { exitMeanings } from './help.ts';

/** Text as roff takes it: no escapes, no requests, dashes as they are typed. */
const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('`', '\\(ga')
    .replaceAll('…', '\\&...')
    .replaceAll(/^\./gm, '\\&.');

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;
const italic = (text: string): string => `\\fI${escaped(text)}\\fR`;

const paragraphs = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => ['.PP', escaped(text)]);

const option = ({ names, value, description }: OutlineOption): readonly string[] => [
  '.TP',
  `${names.toReversed().map(bold).join(', ')}${value === undefined ? '' : ` ${italic(value)}`}`,
  escaped(description),
];

const wordOf = ({ name, repeats, isRequired }: OutlineCommand['words'][number]): string => {
  const word = repeats
    ? `${italic(name.replace(/s$/, '').toUpperCase())} \\&...`
    : italic(name.toUpperCase());
  return isRequired ? word : `[${word}]`;
};

const usage = ({ name, words }: OutlineCommand): string =>
  `${bold('syn-deploy')} ${bold(name)} [${italic('options')}] ${words.map(wordOf).join(' ')}`.trimEnd();

const command = (one: OutlineCommand): readonly string[] => {
  const text = commandTexts[one.name];
  return [
    `.SS syn\\-deploy ${escaped(one.name)}`,
    usage(one),
    ...paragraphs([
      `${one.description.charAt(0).toUpperCase()}${one.description.slice(1)}.`,
      ...(text?.about ?? []),
    ]),
    ...one.options.flatMap(option),
    ...(text === undefined || text.examples.length === 0
      ? []
      : [
          '.PP',
          'Examples:',
          '.PP',
          '.EX',
          ...text.examples.map((example) => `  ${escaped(example)}`),
          '.EE',
        ]),
  ];
};

const meaning = ([status, text]: readonly [string, string]): readonly string[] => [
  '.TP',
  bold(status),
  escaped(text),
];

/** The manual page, for man(1). */
export const renderManualPage = (outline: Outline): string =>
  [
    '.TH SYN\\-DEPLOY 1 "" "syn\\-deploy" "User Commands"',
    '.SH NAME',
    'syn\\-deploy \\- bring Debian hosts to a wanted state over SSH, and prove it',
    '.SH SYNOPSIS',
    ...outline.flatMap((one) => [usage(one), '.br']),
    '.SH DESCRIPTION',
    escaped(
      'Playbooks of idempotent tasks, written as for Ansible, are read against an inventory. Every host is observed in one round trip, what is to be done is planned, done in one script, and observed again: a host is reported as wanted only where nothing is left to do.',
    ),
    '.SH COMMANDS',
    ...outline.flatMap(command),
    '.SH EXIT STATUS',
    ...Object.entries(exitMeanings).flatMap(meaning),
    ...paragraphs(['2, 4, 8 and 16 add up: 6 means that one host failed and another was unreachable.']),
    '.SH FILES',
    ...[
      ['~/.ssh/config, /etc/ssh/ssh_config', 'how hosts are reached, as ssh reads them'],
      ['/var/lib/syn-deploy', 'on a host: what runs remember, for root only'],
      ['~/.cache/syn-deploy', 'compiled code of the program; may be removed'],
    ].flatMap(([name = '', text = '']) => meaning([name, text])),
    '.SH ENVIRONMENT',
    ...[
      ['NO_COLOR', 'no colours in the output'],
      ['SSH_AUTH_SOCK', 'the agent that has the keys to log in with'],
      ['SYN_DEPLOY_AGE_IDENTITY, SOPS_AGE_KEY_FILE', 'files of age identities, with ":" between them'],
      ['ANSIBLE_VAULT_PASSWORD_FILE, ANSIBLE_VAULT_IDENTITY_LIST', 'what opens files of ansible-vault'],
      ['ANSIBLE_CONFIG', "Ansible's configuration, of which roles_path is read"],
      ['XDG_CACHE_HOME', 'instead of ~/.cache'],
    ].flatMap(([name = '', text = '']) => meaning([name, text])),
    '.SH SEE ALSO',
    '.BR ssh (1),',
    '.BR ssh_config (5),',
    '.BR systemd.unit (5)',
    '',
  ].join('\n');
