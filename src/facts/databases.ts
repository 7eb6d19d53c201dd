import type { FactKey, Identity } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/** What is asked of a database of the name service. */
export interface DatabaseQuestion {
  readonly database: string;
  /** undefined: all entries. */
  readonly key: string | undefined;
  /** undefined: as nsswitch.conf says. */
  readonly service: string | undefined;
}

/** The fact "what getent says": its lines. Status 1: no such database; 2: no such key; 3: it cannot list all. */
export const databaseEntries = (
  { database, key, service }: DatabaseQuestion,
  identity: Identity,
): FactKey<ProbeFact> =>
  probe(
    `getent ${JSON.stringify([database, key ?? null, service ?? null, identity.user ?? null])}`,
    sh`getent ${service === undefined ? [] : ['-s', service]} -- ${database} ${key === undefined ? [] : [key]}`,
    identity,
  );
