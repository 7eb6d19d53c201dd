import { type UfwFact, ufw } from '../facts/ufw.ts';
import type { Action } from '../model/action.ts';
import type { Taint } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** What ufw writes and loads besides what is predicted of it. */
const taints: readonly Taint[] = [
  ...['/etc/ufw', '/etc/default/ufw'].flatMap((under) =>
    ['file', 'content'].map((kind) => ({ kind, under })),
  ),
  ...['firewall-rule', 'firewall-chain', 'kernel-setting'].map((kind) => ({ kind })),
];

/** Commands that ask whether they are meant. NOTE: a rule with a comment is no good syntax behind `--force`. */
const mayAsk: ReadonlySet<string> = new Set(['enable', 'disable', 'reset']);

/**
 * Runs ufw.
 *
 * @param summary     what changes by it
 * @param after       the firewall then
 * @param unprovable  it is done again at every run
 */
export const runUfw = (
  words: readonly string[],
  summary: string,
  after: UfwFact,
  unprovable = false,
): Action => ({
  kind: 'run-ufw',
  summary: `ufw ${words.join(' ')}`,
  changes: [{ summary }],
  sh: sh`PATH=$PATH:/usr/sbin:/sbin
ufw ${mayAsk.has(words[0] ?? '') ? ['--force'] : []} ${words}`,
  predicts: [{ key: ufw(), value: after }],
  taints,
  ...(unprovable && { unprovable: true }),
});
