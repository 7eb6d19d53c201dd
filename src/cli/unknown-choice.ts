import { nearestName } from '../util/nearest-name.ts';
import { UsageError } from './usage-error.ts';

/** For a word that is none of those that an option or a command takes. @param what  `--output` */
export const unknownChoice = (what: string, found: string, choices: readonly string[]): UsageError => {
  const near = nearestName(found, choices);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return new UsageError(`${what} is one of ${choices.join(', ')}, found "${found}"${hint}`);
};
