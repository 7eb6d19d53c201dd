import type { RenderOptions } from '../model/module.ts';
import { type Delimiters, usualDelimiters } from './delimiters.ts';
import { SyntaxProblem } from './syntax.ts';

/** What the first line of a template says of its syntax, and where the template itself begins. */
interface Header extends Pick<RenderOptions, 'trimBlocks' | 'lstripBlocks' | 'delimiters'> {
  readonly length: number;
}

const mark = '#jinja2:';

const flags: ReadonlyMap<string, 'trimBlocks' | 'lstripBlocks'> = new Map([
  ['trim_blocks', 'trimBlocks'],
  ['lstrip_blocks', 'lstripBlocks'],
]);

/** The keys that set a delimiter: which, and whether its beginning (0) or its end (1). */
const delimiterKeys: ReadonlyMap<string, readonly [keyof Delimiters, 0 | 1]> = new Map(
  (['block', 'variable', 'comment'] as const).flatMap((kind): [string, [keyof Delimiters, 0 | 1]][] => [
    [`${kind}_start_string`, [kind, 0]],
    [`${kind}_end_string`, [kind, 1]],
  ]),
);

const quoted = /^(["'])(.+)\1$/;

const booleans: Readonly<Record<string, boolean>> = { True: true, False: false };

const withPart = (
  delimiters: Delimiters,
  kind: keyof Delimiters,
  side: 0 | 1,
  string: string,
): Delimiters => {
  const [start, end] = delimiters[kind];
  return { ...delimiters, [kind]: side === 0 ? [string, end] : [start, string] };
};

/**
 * Reads the line that a template may begin with, as Ansible has it: `#jinja2: trim_blocks: False, lstrip_blocks: True`. The line is
 * no part of the template.
 *
 * @param text  line breaks are line feeds
 * @param delimiters  those of the task
 * @throws SyntaxProblem when it says something that is not known here
 */
export const headerOf = (text: string, delimiters?: Delimiters): Header => {
  if (!text.startsWith(mark)) return { length: 0 };
  const end = text.indexOf('\n');
  const line = text.slice(mark.length, end < 0 ? text.length : end);
  const told: { trimBlocks?: boolean; lstripBlocks?: boolean; delimiters?: Delimiters } = {};
  for (const pair of line.split(',')) {
    const [, name = '', value = ''] = /^\s*(\w+)\s*:\s*(.*?)\s*$/.exec(pair) ?? [];
    const flag = flags.get(name);
    const said = booleans[value];
    const [, , string] = quoted.exec(value) ?? [];
    const [kind, side] = delimiterKeys.get(name) ?? [];
    if (flag !== undefined && said !== undefined) told[flag] = said;
    else if (kind !== undefined && side !== undefined && string !== undefined)
      told.delimiters = withPart(told.delimiters ?? delimiters ?? usualDelimiters, kind, side, string);
    else if (name !== 'newline_sequence' || string !== '\\n')
      throw new SyntaxProblem(
        `the first line sets what is not known here: "${pair.trim()}"`,
        { start: 0, end: mark.length + line.length },
        'known are trim_blocks and lstrip_blocks, each True or False, and the strings that begin and end tags',
      );
  }
  return { ...told, length: end < 0 ? text.length : end + 1 };
};
