import { z } from 'zod';
import { system } from '../facts/system.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { integer } from './params/integer.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const params = z.strictObject({
  filter: textList()
    .default([])
    .describe('Only facts whose names match one of these sh patterns, with or without `ansible_`.'),
  gather_subset: textList()
    .default(['all'])
    .describe('Accepted: what we know of a host is one look, so that all of it is given.'),
  gather_timeout: integer().default(10).describe('Accepted.'),
  fact_path: text().optional().describe('Accepted: there are no local facts (`ansible_local`).'),
});

const matches = (name: string, patterns: readonly string[]): boolean =>
  patterns.length === 0 ||
  patterns.some((pattern) => matchesGlob(`ansible_${name}`, pattern) || matchesGlob(name, pattern));

/** What the host says of itself, for `register`. As variables the facts are there anyway. */
export const setup = defineModule({
  name: 'setup',
  summary:
    'Gives the facts of the host (`ansible_distribution`, …) as a result; as variables they are there without it.',
  examples: `
- setup:
    filter: ansible_distribution*
  register: machine
`,
  params,
  tells: true,
  facts: () => [system],
  plan({ filter }, facts) {
    const seen = facts.get(system);
    const entries = Object.entries(seen === absent ? {} : seen).filter(([name]) => matches(name, filter));
    const found = Object.fromEntries(entries.map(([name, value]) => [`ansible_${name}`, value]));
    return { actions: [], result: { ansible_facts: found } };
  },
});
