import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { matchesPatternList } from '../../util/matches-wildcards.ts';
import { didYouMean, nearestName } from '../../util/nearest-name.ts';
import { isKnownOption, optionName, optionNames } from './keywords.ts';
import { readOption, type SshOption } from './option.ts';
import { type SplitLine, splitLine } from './split-line.ts';

/** One condition of `Match`. */
export interface Criterion {
  readonly name: string;
  readonly isNegated: boolean;
  /** Empty for `all`, `canonical` and `final`. */
  readonly argument: string;
}

/** When the lines of a section apply. */
export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'host'; readonly patterns: readonly string[] }
  | { readonly kind: 'match'; readonly criteria: readonly Criterion[] };

export interface IncludeLine {
  readonly name: 'include';
  readonly values: readonly string[];
  readonly span: Span;
  readonly origin: string;
}

/** The lines up to the next `Host` or `Match`. */
export interface Section {
  readonly condition: Condition;
  readonly lines: readonly (SshOption | IncludeLine)[];
  readonly hasIncludes: boolean;
}

/** A file of ssh's configuration, read. */
export interface ConfigFile {
  readonly sections: readonly Section[];
  readonly problems: readonly Diagnostic[];
}

const blockKeywords = ['host', 'match', 'include'];

const withArgument = [
  ...['host', 'originalhost', 'user', 'localuser', 'localnetwork'],
  ...['exec', 'tagged', 'command', 'version', 'sessiontype'],
];
const withoutArgument = ['all', 'canonical', 'final'];

/** @throws Error that says what is wrong with the conditions */
const readCriteria = (words: readonly string[]): readonly Criterion[] => {
  const criteria: Criterion[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [, not = '', name = '', , written] = /^(!?)([^=]*)(=(.*))?$/s.exec(words[at] ?? '') ?? [];
    const key = name.toLowerCase();
    const isNegated = not !== '';
    if (withoutArgument.includes(key)) criteria.push({ name: key, isNegated, argument: '' });
    else if (!withArgument.includes(key)) throw new Error(`"Match" knows no condition "${name}"`);
    else {
      if (written === undefined) at += 1;
      const argument = written ?? words[at];
      if (argument === undefined || (argument === '' && key !== 'tagged' && key !== 'command'))
        throw new Error(`the condition "${name}" of "Match" has no value`);
      criteria.push({ name: key, isNegated, argument });
    }
  }
  const all = criteria.findIndex(({ name }) => name === 'all');
  if (criteria.length === 0) throw new Error('"Match" has no condition');
  if (all > 1 || (all >= 0 && all !== criteria.length - 1))
    throw new Error('"all" of "Match" stands alone, or behind "canonical" or "final"');
  return criteria;
};

const readCondition = (name: string, words: readonly string[]): Condition =>
  name === 'host' ? { kind: 'host', patterns: words } : { kind: 'match', criteria: readCriteria(words) };

const unknown = (keyword: string, span: Span): Diagnostic => {
  const near = nearestName(keyword, optionNames);
  return {
    severity: 'warning',
    code: 'unknown-ssh-option',
    message: `unknown option "${keyword}" of ssh: it is not followed`,
    span,
    hint: didYouMean(near),
  };
};

/** Reads one file, line by line. */
class FileReader {
  readonly #file: string;
  readonly #shown: string;
  readonly #sections: { condition: Condition; lines: (SshOption | IncludeLine)[]; hasIncludes: boolean }[] = [
    { condition: { kind: 'always' }, lines: [], hasIncludes: false },
  ];
  readonly #problems: Diagnostic[] = [];
  #ignored = '';

  constructor(file: string, shown: string) {
    this.#file = file;
    this.#shown = shown;
  }

  read(text: string): ConfigFile {
    let offset = 0;
    for (const [index, line] of text.split('\n').entries()) {
      const split = splitLine(line);
      if (split !== undefined) this.#readLine(split, line, index + 1, offset);
      offset += line.length + 1;
    }
    return { sections: this.#sections, problems: this.#problems };
  }

  #readLine(split: SplitLine, line: string, number: number, offset: number): void {
    const start = line.length - line.trimStart().length;
    const { length } = split.keyword;
    const span: Span = {
      ...{ file: this.#file, line: number, column: start + 1 },
      ...{ offset: offset + start, length },
    };
    const keyword = line.slice(start, start + length);
    const origin = `${this.#shown}:${number}`;
    if (blockKeywords.includes(split.keyword)) this.#readBlock(split, keyword, { span, origin });
    else this.#readOption(split, keyword, { span, origin });
  }

  #readOption(
    split: SplitLine,
    keyword: string,
    place: { readonly span: Span; readonly origin: string },
  ): void {
    const read = readOption(split, keyword, place);
    if (read?.problem !== undefined) this.#problems.push(read.problem);
    if (read?.option?.name === 'ignoreunknown') this.#ignored = read.option.values[0] ?? '';
    if (read?.option !== undefined) this.#sections.at(-1)?.lines.push(read.option);
    const name = optionName(split.keyword);
    if (isKnownOption(name) || matchesPatternList(name, this.#ignored.toLowerCase())) return;
    this.#problems.push(unknown(keyword, place.span));
  }

  #readBlock(
    { keyword: name, words }: SplitLine,
    keyword: string,
    place: { readonly span: Span; readonly origin: string },
  ): void {
    try {
      if (words === undefined) throw new Error(`a quote of "${keyword}" is not closed`);
      if (words.length === 0 || (name !== 'match' && words.includes('')))
        throw new Error(`"${keyword}" has no value`);
      if (name === 'include') this.#addInclude({ name, values: words, ...place });
      else this.#sections.push({ condition: readCondition(name, words), lines: [], hasIncludes: false });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#problems.push({ severity: 'error', code: 'bad-ssh-config', message, span: place.span });
    }
  }

  #addInclude(line: IncludeLine): void {
    const section = this.#sections.at(-1);
    if (section === undefined) return;
    section.lines.push(line);
    section.hasIncludes = true;
  }
}

/**
 * Reads a file of ssh's configuration into its sections.
 *
 * @param file   its path
 * @param shown  the same as messages show it
 * @see ssh_config(5)
 */
export const readConfigFile = (text: string, file: string, shown: string): ConfigFile =>
  new FileReader(file, shown).read(text);
