import type { RenderOptions } from '../model/module.ts';
import { SyntaxProblem } from './syntax.ts';

/** What the first line of a template says of its syntax, and where the template itself begins. */
interface Header extends Pick<RenderOptions, 'trimBlocks' | 'lstripBlocks'> {
  readonly length: number;
}

const mark = '#jinja2:';

const flags: ReadonlyMap<string, 'trimBlocks' | 'lstripBlocks'> = new Map([
  ['trim_blocks', 'trimBlocks'],
  ['lstrip_blocks', 'lstripBlocks'],
]);

/** What is the same here in any case, written as Python has it. */
const usual: Readonly<Record<string, string>> = {
  block_start_string: '{%',
  block_end_string: '%}',
  variable_start_string: '{{',
  variable_end_string: '}}',
  comment_start_string: '{#',
  comment_end_string: '#}',
  newline_sequence: '\\n',
};

const booleans: Readonly<Record<string, boolean>> = { True: true, False: false };

/**
 * Reads the line that a template may begin with, as Ansible has it: `#jinja2: trim_blocks: False, lstrip_blocks: True`. The line is
 * no part of the template.
 *
 * @param text  line breaks are line feeds
 * @throws SyntaxProblem when it says something that is not known here
 */
export const headerOf = (text: string): Header => {
  if (!text.startsWith(mark)) return { length: 0 };
  const end = text.indexOf('\n');
  const line = text.slice(mark.length, end < 0 ? text.length : end);
  const told: { trimBlocks?: boolean; lstripBlocks?: boolean } = {};
  for (const pair of line.split(',')) {
    const [, name = '', value = ''] = /^\s*(\w+)\s*:\s*(.*?)\s*$/.exec(pair) ?? [];
    const flag = flags.get(name);
    const said = booleans[value];
    if (flag !== undefined && said !== undefined) told[flag] = said;
    else if (usual[name] === undefined || value.slice(1, -1) !== usual[name])
      throw new SyntaxProblem(
        `the first line sets what is not known here: "${pair.trim()}"`,
        { start: 0, end: mark.length + line.length },
        'known are trim_blocks and lstrip_blocks, each True or False',
      );
  }
  return { ...told, length: end < 0 ? text.length : end + 1 };
};
