import { type SystemFact, system } from '../facts/system.ts';
import type { Observed } from '../model/fact.ts';
import { BecomeFailure, Unreachable } from '../model/transport.ts';
import { BrokenScript } from './broken-script.ts';
import { exchange, TimedOut } from './exchange.ts';
import { HostVariables } from './host-variables.ts';
import { accountsOf } from './identity.ts';
import { Line } from './line.ts';
import { WantedFacts } from './observe.ts';
import { factName } from './overlay.ts';
import type { HostWork, RunOptions } from './run-options.ts';

const silent = { started() {}, printed() {}, ended() {}, observing() {}, locked() {} };

const isOrdinary = (error: unknown): boolean =>
  [Unreachable, BecomeFailure, TimedOut, BrokenScript].some((kind) => error instanceof kind);

/**
 * Logs in to a host to see what machine it is, and does nothing else: for others that read that of a host which is over, or
 * whose turn has not come.
 *
 * @returns undefined when that could not be seen; who reads it is told so
 */
export const lookLate = async (
  { host, plays, access }: HostWork,
  options: RunOptions,
): Promise<Observed<SystemFact> | undefined> => {
  const { kinds, nonce, now, signal, stop, sleep, timeoutMs, transport } = options;
  const connect = () => transport.connect(access.settings, signal);
  try {
    await using line = await Line.open({ connect, sleep, now, patienceMs: 0, onLost() {} });
    const variables = new HostVariables(host, options.variables);
    const { exec } = accountsOf(plays, variables, line.user, options.become);
    const become = exec === line.user ? undefined : { user: exec, password: access.becomePassword };
    const wanted = new WantedFacts(kinds);
    wanted.add([system]);
    const exchanged = { become, nonce, now, signal, stop, timeoutMs, lock: undefined };
    const { observation } = await exchange(line, [], wanted, silent, exchanged);
    return observation.get(factName(system)) as Observed<SystemFact> | undefined;
  } catch (error) {
    if (isOrdinary(error) || signal?.aborted === true || stop?.aborted === true) return undefined;
    throw error;
  }
};
