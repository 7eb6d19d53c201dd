import type { FactKey, Identity } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/** The fact "may this account read what is at the path": a probe that succeeds where it may. */
export const readable = (path: string, identity: Identity): FactKey<ProbeFact> =>
  probe(`readable ${JSON.stringify([path, identity.user ?? null])}`, sh`[ -r ${path} ]`, identity);
