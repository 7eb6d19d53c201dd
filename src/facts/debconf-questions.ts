import type { FactKey, Identity } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/** The fact "all questions of a package, with their answers"; those to passwords are left out by the program that tells them. */
export const debconfAnswers = (name: string, identity: Identity): FactKey<ProbeFact> =>
  probe(`debconf-show ${name}`, sh`debconf-show -- ${name}`, identity);

/** Of lines such as `* tzdata/Zones/Etc: UTC`, with a star before those that were asked. */
export const answersOf = ({ stdout }: ProbeFact): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stdout.split('\n').flatMap((line) => {
      const [, question = '', answer = ''] = /^[* ] ([^:]+):(.*)$/.exec(line) ?? [];
      return question === '' ? [] : [[question, answer.trim()]];
    }),
  );
