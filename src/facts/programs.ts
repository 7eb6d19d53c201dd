import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** A program that the host has. */
export interface ProgramFact {
  readonly path: string;
}

/** The fact "where this program is". @param name  without a path: `crontab` */
export const program = (name: string): FactKey<ProgramFact> => ({ kind: 'program', id: name });

/** Output, a line a program that is there: `<name> <path>`. Accounts other than root lack the sbin folders in PATH. */
const script = (keys: readonly FactKey<ProgramFact>[]) => sh`PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
for p in ${keys.map(({ id }) => id)}; do
  if w=$(command -v "$p"); then printf '%s %s\n' "$p" "$w"; fi
done`;

const parse = (
  output: string,
  keys: readonly FactKey<ProgramFact>[],
): ReadonlyMap<string, Observed<ProgramFact>> => {
  const values = new Map<string, Observed<ProgramFact>>(keys.map(({ id }) => [id, 'absent']));
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [, name = '', path = ''] = /^(\S+) (.+)$/.exec(text) ?? [];
    if (!values.has(name))
      throw new StrangeOutput(`unexpected line among the programs: ${JSON.stringify(text.slice(0, 200))}`);
    values.set(name, { path });
  }
  return values;
};

/** No process: `command -v` is the shell's own. */
export const programs: FactKind<ProgramFact> = { kind: 'program', script, parse };
