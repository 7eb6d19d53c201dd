import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { readJumpHosts } from './jump-hosts.ts';
import { isKnownOption, type OptionForm, optionForm, optionName } from './keywords.ts';
import type { SplitLine } from './split-line.ts';
import { readTimeSpan } from './time-span.ts';

/** An option as it is written once: in a file, or among arguments. */
export interface SshOption {
  /** In small letters. */
  readonly name: string;
  /** One but for lists of files; a command and jump hosts are one text. */
  readonly values: readonly string[];
  /** Where it stands; undefined: nowhere (an option of the command line). */
  readonly span: Span | undefined;
  /** For messages: `~/.ssh/config:12`, `ansible_ssh_common_args`. */
  readonly origin: string;
}

const largestPort = 65_535;
const largestNumber = 2 ** 31 - 1;

const isNumber = (text: string, least: number, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;

/** What the value would have to be; undefined: it is so. */
const wantOf = (form: OptionForm, value: string): string | undefined => {
  if (form === 'port') return isNumber(value, 1, largestPort) ? undefined : `a port from 1 to ${largestPort}`;
  if (form === 'number') return isNumber(value, 0, largestNumber) ? undefined : 'a whole number';
  if (form === 'time')
    return value === 'none' || readTimeSpan(value) !== undefined ? undefined : 'a time such as 30 or 2m';
  if (form === 'jump')
    return value.toLowerCase() === 'none' || readJumpHosts(value) !== undefined
      ? undefined
      : 'hosts such as user@host:22, comma-separated, or none';
  if (typeof form === 'string') return undefined;
  return form.includes(value.toLowerCase()) ? undefined : `one of ${form.join(', ')}`;
};

const valuesOf = (form: OptionForm, { rest, words }: SplitLine): readonly string[] | undefined => {
  if (form === 'command') return [rest.replace(/^[\s=]+/, '')];
  if (form === 'jump')
    return [
      rest
        .replace(/^[\s=]+/, '')
        .replace(/#.*$/s, '')
        .trimEnd(),
    ];
  return words;
};

/**
 * Reads an option of ssh, as ssh does.
 *
 * @returns undefined where it is none that is followed here; what is wrong with it is in `problem`
 */
export const readOption = (
  line: SplitLine,
  keyword: string,
  place: Pick<SshOption, 'span' | 'origin'>,
): { readonly option?: SshOption; readonly problem?: Diagnostic } | undefined => {
  const name = optionName(line.keyword);
  const form = optionForm(name);
  const bad = (message: string): { readonly problem: Diagnostic } => ({
    problem: { severity: 'error', code: 'bad-ssh-config', message, span: place.span },
  });
  if (line.rest === '') return isKnownOption(name) ? bad(`"${keyword}" has no value`) : undefined;
  if (form === undefined) return undefined;
  const values = valuesOf(form, line);
  if (values === undefined) return bad(`a quote of "${keyword}" is not closed`);
  const [value] = values;
  if (value === undefined || values.includes('')) return bad(`"${keyword}" has no value`);
  if (values.length > 1 && form !== 'files')
    return bad(`"${keyword}" takes one value; found "${values[1]}" too`);
  const want = wantOf(form, value);
  if (want !== undefined) return bad(`"${keyword}" wants ${want}; found "${value}"`);
  return { option: { name, values, ...place } };
};
