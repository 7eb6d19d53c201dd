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

/**
 * Runs ufw, which neither asks nor can be asked.
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
ufw --force ${words}`,
  predicts: [{ key: ufw(), value: after }],
  taints,
  ...(unprovable && { unprovable: true }),
});
