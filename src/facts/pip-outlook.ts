import type { FactKey, Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/**
 * The fact "what pip would install", after pip has asked its index: lines on standard output, one of them
 * `Would install name-version …` where there is anything. Status other than 0: it could not tell.
 *
 * @param pip    starts pip
 * @param words  of `pip install`, after its options
 */
export const pipOutlook = (pip: Sh, words: readonly string[], identity: Identity): FactKey<ProbeFact> =>
  probe(
    `${pip.sh} install ${words.join(' ')} as ${JSON.stringify(identity)}`,
    sh`${pip} install --dry-run --upgrade --no-input --disable-pip-version-check ${words}`,
    identity,
    300,
  );
