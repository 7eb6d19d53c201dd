import { vi } from 'vitest';
import type { TestHost } from '../../../hosts/host.ts';
import { type AccessLine, parseAccessLines } from './access-lines.ts';
import type { Homeserver } from './homeserver.ts';
import { unlogged } from './misrouted.ts';
import { describeRequest, type Recorder } from './recorder.ts';

const readOn = async (host: TestHost, run: string, homes: ReadonlyMap<string, string>) => {
  // At midnight a log is renamed, so all that begin like one are read.
  const lines = parseAccessLines(
    await host.run(`cd /var/log/matrix-synapse && grep -H -F -e '"${run}/' -- *.log* || [ $? = 1 ]`),
  );
  return lines.map((line) => {
    const isAtHome = homes.get(line.process) === host.name;
    return isAtHome ? line : { ...line, process: `${line.process} on ${host.name}` };
  });
};

const read = async ({ layout, hostOf }: Homeserver, run: string): Promise<readonly AccessLine[]> => {
  const names = ['main', ...layout.map(({ name }) => name)];
  const homes = new Map(names.map((name) => [name, hostOf(name).name]));
  const hosts = new Map(names.map((name) => [hostOf(name).name, hostOf(name)]));
  return (await Promise.all([...hosts.values()].map((host) => readOn(host, run, homes)))).flat();
};

/**
 * What all processes have in their logs of the requests of a recorder.
 *
 * A line may come five seconds late (the logging configuration's buffer). Once half a minute has gone by, what is missing by
 * then is taken to be missing for good.
 */
export const accessLines = async (
  homeserver: Homeserver,
  recorder: Recorder,
): Promise<readonly AccessLine[]> => {
  let lines: readonly AccessLine[] = [];
  const all = async () => {
    lines = await read(homeserver, recorder.run);
    const missing = unlogged(recorder.requests, lines);
    if (missing.length > 0) throw new Error(`in no log: ${missing.map(describeRequest).join('\n')}`);
  };
  await vi.waitFor(all, { timeout: 30_000, interval: 300 }).catch(() => undefined);
  return lines;
};
