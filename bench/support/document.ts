import { renderBars } from './bar.ts';
import type { Part } from './part.ts';

/** Results by the names of parts. */
export type Results = ReadonlyMap<string, unknown>;

type Shown = Pick<Part<unknown>, 'name' | 'render' | 'bars'>;

/** The bars of some parts, and their sections. */
export const renderParts = (parts: readonly Shown[], results: Results): string => {
  const bars = parts.flatMap((part) => part.bars(results.get(part.name)));
  return [
    ...(bars.length === 0 ? [] : ['## What is wanted, and what was measured', renderBars(bars)]),
    ...parts.map((part) => renderSection(part, results.get(part.name))),
  ].join('\n\n');
};

const renderSection = (part: Shown, result: unknown): string =>
  result === undefined
    ? `## ${part.name}\n\nNot measured yet: \`npm run bench -- ${part.name} --write\`.`
    : part.render(result);

/** docs/benchmarks.md: all of it comes from bench/results/, so that no figure stands there that nobody measured. */
export const renderDocument = (parts: readonly Shown[], results: Results): string =>
  `${[
    '# Benchmarks',
    'Written by `npm run bench -- --write` from what it stores in `bench/results/`; do not edit. Each run is a whole process that logs in anew.',
    renderParts(parts, results),
    howToRepeat(parts),
  ].join('\n\n')}\n`;

const howToRepeat = (parts: readonly Shown[]): string => `## How to repeat it

\`\`\`
npm run bench -- --write
\`\`\`

takes all figures anew; it needs what \`npm run test:all\` needs, and Python with venv for the tools from PyPI, which it installs
below \`.cache/\`. Without \`--write\` it prints them and keeps none. Less of it:

\`\`\`
npm run bench -- [PART...] [--hosts 1,4,16] [--rtt 0,50,200] [--cases converged,check,changed,first]
                 [--runs 5] [--slow-runs 1] [--only TOOL,...] [--write]
\`\`\`

Parts: ${parts.map(({ name }) => `\`${name}\``).join(', ')}. What was measured replaces what is stored of it, and the rest is kept;
\`npm run bench -- render\` measures nothing and writes this page again.`;
