import { parseArgs } from 'node:util';
import { caseNames, toolNames } from '../parts/peers/matrix.ts';
import type { Options } from './part.ts';

/** What the command line says. */
export interface Arguments {
  /** Parts that are to be measured. */
  readonly chosen: readonly string[];
  /** Measure nothing, and write the page again. */
  readonly isRenderOnly: boolean;
  /** Store what is measured, and write the page. */
  readonly isKept: boolean;
  readonly options: Omit<Options, 'root' | 'say'>;
}

/** @throws Error that says what would be accepted */
export const readArguments = (words: readonly string[], parts: readonly string[]): Arguments => {
  const { positionals, values } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      hosts: { type: 'string', default: '1,4,16' },
      rtt: { type: 'string', default: '0,50,200' },
      cases: { type: 'string', default: caseNames.join(',') },
      runs: { type: 'string', default: '5' },
      'slow-runs': { type: 'string', default: '1' },
      only: { type: 'string', default: toolNames.join(',') },
      write: { type: 'boolean', default: false },
    },
  });
  const isRenderOnly = positionals.includes('render');
  if (isRenderOnly && positionals.length > 1) throw new Error('render stands alone');
  return {
    chosen: isRenderOnly ? [] : members('part', positionals.length === 0 ? parts : positionals, parts),
    isRenderOnly,
    isKept: values.write,
    options: {
      hosts: numbers('--hosts', values.hosts, 1),
      rttMs: numbers('--rtt', values.rtt, 0),
      cases: members('case', values.cases.split(','), caseNames),
      tools: members('tool', values.only.split(','), toolNames),
      runs: number('--runs', values.runs, 1),
      slowRuns: number('--slow-runs', values['slow-runs'], 1),
    },
  };
};

const number = (option: string, word: string, least: number): number => {
  const value = Number(word);
  if (word.trim() === '' || !Number.isInteger(value) || value < least)
    throw new Error(`${option} takes whole numbers from ${least}, not "${word}"`);
  return value;
};

const numbers = (option: string, text: string, least: number): readonly number[] =>
  text.split(',').map((word) => number(option, word, least));

const members = <Name extends string>(
  kind: string,
  words: readonly string[],
  names: readonly Name[],
): readonly Name[] =>
  words.map((word) => {
    const found = names.find((name) => name === word);
    if (found === undefined) throw new Error(`no ${kind} is called "${word}": there are ${names.join(', ')}`);
    return found;
  });
