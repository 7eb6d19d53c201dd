import type { SshMachine } from '../../model/ssh-machine.ts';
import { matchesPatternList, matchesWildcards } from '../../util/matches-wildcards.ts';
import type { Condition, Criterion } from './config-file.ts';
import { expandTokens, tokensOf } from './expand.ts';

/** What is known of the host when a condition is asked. */
export interface AskedHost {
  /** As it was asked for. */
  readonly originalHost: string;
  /** What `Host` patterns are matched with: the same, or in the last pass the name that was found. */
  readonly name: string;
  /** With `HostName` as far as it is known. */
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly jumpHost: string;
  readonly hostKeyAlias: string | undefined;
  readonly tag: string;
  readonly isFinal: boolean;
}

const named = (patterns: readonly string[], name: string): boolean => {
  let isNamed = false;
  for (const pattern of patterns) {
    if (pattern === name) isNamed = true;
    else if (pattern.startsWith('!')) {
      if (matchesWildcards(name, pattern.slice(1))) return false;
    } else if (!isNamed) isNamed = matchesWildcards(name, pattern);
  }
  return isNamed;
};

/** Neither command lines nor versions of ssh are there: those are empty, and the session is one of commands. */
const meets = ({ name, argument }: Criterion, asked: AskedHost, machine: SshMachine): boolean => {
  switch (name) {
    case 'all':
      return true;
    case 'canonical':
    case 'final':
      return asked.isFinal;
    case 'host':
      return matchesPatternList(asked.host.toLowerCase(), argument.toLowerCase());
    case 'originalhost':
      return matchesPatternList(asked.originalHost.toLowerCase(), argument.toLowerCase());
    case 'user':
      return matchesPatternList(asked.user, argument);
    case 'localuser':
      return matchesPatternList(machine.localUser, argument);
    case 'localnetwork':
      return machine.isInNetwork(argument);
    case 'exec':
      return machine.succeeds(expandTokens(argument, tokensOf(asked, machine)));
    case 'tagged':
      return asked.tag === '' ? argument === '' : matchesPatternList(asked.tag, argument);
    case 'sessiontype':
      return matchesPatternList('exec', argument);
    default:
      return false;
  }
};

/** Whether the lines of a section apply; the first condition of `Match` that does not hold ends it, so that no command runs in vain. */
export const holds = (condition: Condition, asked: AskedHost, machine: SshMachine): boolean => {
  if (condition.kind === 'always') return true;
  if (condition.kind === 'host') return named(condition.patterns, asked.name);
  return condition.criteria.every((one) => meets(one, asked, machine) !== one.isNegated);
};
