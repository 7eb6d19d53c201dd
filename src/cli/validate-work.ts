import { HostResults } from '../engine/host-results.ts';
import type { HostWork } from '../engine/run-options.ts';
import { type ValidateOptions, validateHost } from '../engine/validate.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

interface Found {
  readonly diagnostic: Diagnostic;
  readonly hosts: string[];
}

const keyOf = ({ code, message, span }: Diagnostic): string => JSON.stringify([code, message, span]);

/**
 * What is wrong for the hosts, found without contacting them. A mistake that all hosts share is told once; one of some
 * hosts only names them.
 */
export const validateWork = (
  work: readonly HostWork[],
  options: Omit<ValidateOptions, 'results'>,
  results = new HostResults(work, options.selection, options.mode),
): readonly Diagnostic[] => {
  const found = new Map<string, Found>();
  for (const one of work) {
    for (const diagnostic of validateHost(one, { ...options, results })) {
      const known = found.get(keyOf(diagnostic)) ?? { diagnostic, hosts: [] };
      if (!known.hosts.includes(one.host.name)) known.hosts.push(one.host.name);
      found.set(keyOf(diagnostic), known);
    }
  }
  return [...found.values()].map(({ diagnostic, hosts }) =>
    hosts.length === work.length
      ? diagnostic
      : {
          ...diagnostic,
          message: `${diagnostic.message} (on ${hosts.slice(0, 5).join(', ')}${hosts.length > 5 ? `, and ${hosts.length - 5} more` : ''})`,
        },
  );
};
