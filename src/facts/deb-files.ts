import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** What a .deb file would install. */
export interface DebFileFact {
  readonly name: string;
  readonly version: string;
}

/** The fact "which package this file is". */
export const debFile = (path: string): FactKey<DebFileFact> => ({ kind: 'deb-file', id: path });

/** Output, a line a file: `<index> absent`, `<index> is <package> <version>`, or `<index> failed <text>`. */
const script = (keys: readonly FactKey<DebFileFact>[]): Sh =>
  joinSh(
    keys.map(
      ({ id }, index) => sh`if ! [ -e ${id} ]; then echo ${`${index} absent`}
elif answer=$(dpkg-deb --show --showformat '\${Package} \${Version}\n' ${id} 2>&1); then echo "${index} is $answer"
else echo "${index} failed $(printf %s "$answer" | tr '\n' ' ')"; fi`,
    ),
  );

const parse = (
  output: string,
  keys: readonly FactKey<DebFileFact>[],
): ReadonlyMap<string, Observed<DebFileFact>> => {
  const values = new Map<string, Observed<DebFileFact>>();
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(\d+) (?:(absent)|is (\S+) (\S+)|failed (.*))$/.exec(text);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(
        `unexpected line among the package files: ${JSON.stringify(text.slice(0, 200))}`,
      );
    const [, , isAbsent, name, version = '', failure = ''] = match;
    if (isAbsent !== undefined) values.set(key.id, 'absent');
    else values.set(key.id, name === undefined ? new FactFailure(failure) : { name, version });
  }
  return values;
};

/** One `dpkg-deb` each. */
export const debFiles: FactKind<DebFileFact> = { kind: 'deb-file', script, parse };
