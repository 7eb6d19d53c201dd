import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** A group of accounts. */
export interface GroupFact {
  readonly name: string;
  /** -1 in a prediction: not known before it is made. */
  readonly gid: number;
  /** Those named in the group's entry, sorted; accounts that have it as their primary group are not. */
  readonly members: readonly string[];
}

/** The fact "what is known of this group". @param name  or its number as text */
export const group = (name: string): FactKey<GroupFact> => ({ kind: 'group', id: name });

/** Output: entries of the group database, a line each (`name:password:gid:members`). */
const script = (keys: readonly FactKey<GroupFact>[]) => sh`getent group -- ${keys.map((key) => key.id)}`;

const parse = (
  output: string,
  keys: readonly FactKey<GroupFact>[],
): ReadonlyMap<string, Observed<GroupFact>> => {
  const entries = output
    .split('\n')
    .filter((text) => text !== '')
    .map((text): GroupFact => {
      const [name = '', , gid, members, ...rest] = text.split(':');
      if (members === undefined || rest.length > 0)
        throw new StrangeOutput(`unexpected line among the groups: ${JSON.stringify(text.slice(0, 200))}`);
      return {
        name,
        gid: Number(gid),
        members: members
          .split(',')
          .filter((member) => member !== '')
          .sort(),
      };
    });
  return new Map(
    keys.map(({ id }): [string, Observed<GroupFact>] => [
      id,
      entries.find((entry) => entry.name === id || String(entry.gid) === id) ?? 'absent',
    ]),
  );
};

/** One `getent group`. */
export const groups: FactKind<GroupFact> = { kind: 'group', script, parse };
