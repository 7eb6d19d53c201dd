import type { cac } from 'cac';
import { wrapText } from '../util/wrap-text.ts';
import type { Output } from './io.ts';

type Cli = ReturnType<typeof cac>;
type Command = ReturnType<Cli['command']>;

/** More about a command than fits its line in the list. */
export interface CommandText {
  /** Paragraphs. */
  readonly about: readonly string[];
  readonly examples: readonly string[];
  /** Exit statuses it may have; see exit-status.ts. */
  readonly exits: readonly (keyof typeof exitMeanings)[];
}

/** What the exit statuses mean; see exit-status.ts. */
export const exitMeanings = {
  0: 'all hosts are as wanted',
  1: 'the input is wrong; no host was contacted',
  2: 'a task failed, or a host did not converge',
  4: 'a host was unreachable',
  8: 'check found drift',
  16: 'a report could not be written',
  70: 'a bug in syn-deploy',
  130: 'interrupted',
} as const;

const widest = 100;

const widthOf = (output: Output): number => Math.min(widest, output.columns ?? 80);

/** Two columns, the second one wrapped; a first one that is too wide has a line of its own. */
const table = (rows: readonly (readonly [string, string])[], width: number): readonly string[] => {
  const first = Math.min(30, Math.max(...rows.map(([name]) => name.length)));
  return rows.flatMap(([name, text]) => {
    const lines = wrapText(text, Math.max(20, width - first - 4));
    const [head = '', ...more] = name.length > first ? ['', ...lines] : lines;
    const indent = ' '.repeat(first + 4);
    return [`  ${name.padEnd(first)}  ${head}`.trimEnd(), ...more.map((line) => `${indent}${line}`)];
  });
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines];

/** `apply <inventory> [...playbooks]` as `apply INVENTORY [PLAYBOOK…]`. */
export const usageOf = (rawName: string): string =>
  rawName
    .replaceAll(/\[\.\.\.(\w+?)s?\]/g, (_, name: string) => `[${name.toUpperCase()}…]`)
    .replaceAll(/\[(\w+)\]/g, (_, name: string) => `[${name.toUpperCase()}]`)
    .replaceAll(/<(\w+)>/g, (_, name: string) => name.toUpperCase());

const renderOptions = (command: Command, width: number): readonly string[] =>
  table(
    [
      ...command.options.map(({ rawName, description, config }): [string, string] => [
        rawName.startsWith('--') ? `    ${rawName}` : rawName,
        typeof config.default === 'boolean' || config.default === undefined
          ? description
          : `${description} (default: ${config.default})`,
      ]),
      ['-h, --help', 'this text'],
    ],
    width,
  );

/** Commands that bring hosts to no state speak of none. */
const meaningOf = (status: keyof typeof exitMeanings, { exits: some }: CommandText): string => {
  if (some.includes(2)) return exitMeanings[status];
  if (status === 0) return 'done';
  return status === 1 ? 'the input is wrong' : exitMeanings[status];
};

const exitNote = (some: CommandText['exits']): string =>
  some.includes(2) && some.includes(4)
    ? '2, 4, 8 and 16 add up: 6 means that one host failed and another was unreachable.'
    : '';

/** Text of `syn-deploy COMMAND --help`. */
export const renderCommandHelp = (command: Command, text: CommandText, output: Output): string => {
  const width = widthOf(output);
  const note = exitNote(text.exits);
  return [
    `usage: syn-deploy ${usageOf(command.rawName)} [options]`,
    ...text.about.flatMap((paragraph) => ['', ...wrapText(paragraph, width)]),
    ...section('options', renderOptions(command, width)),
    ...section(
      'exit status',
      table(
        text.exits.map((status): [string, string] => [String(status), meaningOf(status, text)]),
        width,
      ),
    ),
    ...(note === '' ? [] : wrapText(note, width - 2).map((line) => `  ${line}`)),
    ...section(
      'examples',
      text.examples.map((example) => `  ${example}`),
    ),
    '',
  ].join('\n');
};

/** Text of `syn-deploy --help`. */
export const renderHelp = (cli: Cli, output: Output): string => {
  const width = widthOf(output);
  const rows = cli.commands.map(({ rawName, description }): [string, string] => [
    usageOf(rawName),
    description,
  ]);
  return [
    'usage: syn-deploy COMMAND …',
    '',
    ...wrapText(
      'Brings hosts to the state that playbooks describe: observes them, plans, acts, and proves that nothing is left to do.',
      width,
    ),
    ...section('commands', table(rows, width)),
    ...section(
      'options',
      table(
        [
          ['-h, --help', 'this text; after a command, its options and examples'],
          ['-V, --version', 'the version'],
        ],
        width,
      ),
    ),
    ...section('to begin', [
      '  syn-deploy init first',
      '  syn-deploy check first/inventory.yaml',
      '  syn-deploy apply first/inventory.yaml',
    ]),
    '',
  ].join('\n');
};
