import { type ProbeFact, probe } from '../facts/probes.ts';
import type { FactKey, Identity } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';

/** How a command looks. */
export interface LookOptions {
  /** As whom; default: as the script itself, root as a rule. A module passes its context's. */
  readonly identity?: Identity;
  /** After which it is ended, with the status 124. */
  readonly timeoutSeconds?: number;
}

/**
 * The fact "what this read-only command answers": its exit status, and what it prints. It runs whenever the host is looked at, in
 * check mode too: it must change nothing.
 */
export const look = (
  command: Sh,
  { identity = {}, timeoutSeconds = 30 }: LookOptions = {},
): FactKey<ProbeFact> => probe(`${command.sh} as ${identity.user ?? ''}`, command, identity, timeoutSeconds);
