import type { FactKey, Identity } from '../model/fact.ts';
import { expandedWord } from '../shell/expanded-word.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/**
 * The fact "is anything at a path that matches": status 0 where there is. A link that points nowhere counts.
 *
 * @param pattern  of sh (`*`, `?`, `[…]`); `~` and `$NAME` are those of the account that looks
 * @param folder   what a relative pattern starts from
 */
export const pathGlob = (pattern: string, folder: string, identity: Identity): FactKey<ProbeFact> =>
  probe(
    `path ${pattern} from ${folder} as ${identity.user ?? ''}`,
    sh`cd -- ${expandedWord(folder)} || exit 1
for found in ${expandedWord(pattern, true)}; do
  if [ -e "$found" ] || [ -L "$found" ]; then exit 0; fi
done
exit 1`,
    identity,
  );
