import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { rawSh } from '../shell/sh.ts';

/** The package lists that `apt-get update` brings. Absent: none has been fetched. */
export interface AptListsFact {
  /** Seconds since they were last updated. */
  readonly ageSeconds: number;
  /** sources.list or a file in sources.list.d was changed after that, or one was added or taken away. */
  readonly sourcesNewer: boolean;
}

/** The fact "how old the package lists are". */
export const aptLists: FactKey<AptListsFact> = { kind: 'apt-lists', id: 'lists' };

/** Where the time of the last update shows: the folder itself, and the stamps of Ubuntu's and Debian's timers. */
const stamps =
  '/var/lib/apt/lists /var/lib/apt/periodic/update-success-stamp /var/lib/apt/periodic/update-stamp';

/** Output: `absent`, or `<seconds> <0 or 1>`. */
const script = () =>
  rawSh(`if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Release' -print -quit 2>/dev/null)" ]; then echo absent; else
  newest=0
  for stamp in $(stat -c %Y -- ${stamps} 2>/dev/null); do if [ "$stamp" -gt "$newest" ]; then newest=$stamp; fi; done
  changed=$(find /etc/apt/sources.list /etc/apt/sources.list.d -newermt "@$newest" -name '*.[ls]*' -print -quit 2>/dev/null)
  echo "$(($(date +%s) - newest)) \${changed:+1}"
fi`);

const parse = (output: string): ReadonlyMap<string, Observed<AptListsFact>> => {
  const match = /^(?:(absent)|(-?\d+) (1?))\n$/.exec(output);
  if (match === null)
    throw new StrangeOutput(
      `unexpected answer about the package lists: ${JSON.stringify(output.slice(0, 200))}`,
    );
  const value: Observed<AptListsFact> =
    match[1] === undefined ? { ageSeconds: Number(match[2]), sourcesNewer: match[3] === '1' } : 'absent';
  return new Map([[aptLists.id, value]]);
};

/** A few `stat` and `find`. */
export const aptListsKind: FactKind<AptListsFact> = { kind: 'apt-lists', script, parse, lasting: () => true };
