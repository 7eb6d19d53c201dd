import { StrangeOutput } from '../model/fact.ts';
/** Properties that are asked of systemd; all of them exist since 252 (bookworm). */
export const shownProperties = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'NeedDaemonReload',
  'FragmentPath',
  'DropInPaths',
  'Type',
  'RemainAfterExit',
  'Result',
  'ReloadResult',
  'NRestarts',
  'MainPID',
  'CanReload',
  'ActiveEnterTimestamp',
  'ExecMainStartTimestamp',
  'StateChangeTimestamp',
] as const;

export type ShownProperty = (typeof shownProperties)[number];

/** Properties by name; those that a unit of this type has not are ''. */
export type Shown = Readonly<Record<ShownProperty, string>>;

const nothing = Object.fromEntries(shownProperties.map((name) => [name, ''])) as Shown;

const linesOf = (record: string): string[] => record.split('\n').filter((line) => line !== '');

const parseProperty = (line: string): [string, string] => {
  const [, name, value = ''] = /^([A-Za-z]+)=([^\0]*)$/.exec(line) ?? [];
  if (name === undefined)
    throw new StrangeOutput(`unexpected line from systemctl show: ${JSON.stringify(line.slice(0, 200))}`);
  return [name, value];
};

/**
 * Records of `systemctl show`: `Name=value` lines, an empty line between units, units in the order of the operands.
 *
 * @throws StrangeOutput when the output is of another form
 */
export const parseShown = (output: string): readonly Shown[] =>
  output
    .split(/\n\n+/)
    .filter((record) => record.trim() !== '')
    .map((record) => ({ ...nothing, ...Object.fromEntries(linesOf(record).map(parseProperty)) }));

/**
 * Seconds since 1970 from `Mon 2026-11-23 23:52:34.687162 UTC` (`--timestamp=us+utc`); 0 where it never happened.
 *
 * @throws StrangeOutput for another form
 */
export const parseTimestamp = (text: string): number => {
  if (text === '' || text === 'n/a') return 0;
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? UTC$/.exec(text);
  if (match === null) throw new StrangeOutput(`unexpected time from systemctl show: ${JSON.stringify(text)}`);
  const [, day, time, fraction = ''] = match;
  return Date.parse(`${day}T${time}Z`) / 1000 + Number(`0${fraction}`);
};
