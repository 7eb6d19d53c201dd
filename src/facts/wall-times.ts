import type { FactKey, Identity } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/**
 * The fact "which moment is it that the host's clock shows so": a probe that prints seconds since 1970.
 *
 * @param wall  `2026-01-31 23:59:59.000000`
 */
export const wallTime = (wall: string, identity: Identity): FactKey<ProbeFact> =>
  probe(`wall time ${wall}`, sh`date -d ${wall} +%s.%N`, identity);
