import { type ConnectionSettings, Unreachable } from '../../model/transport.ts';
import { createPaint, printable } from '../../report/paint.ts';
import { keyTypeLabel } from '../../transport/known-hosts.ts';
import { addKnownHosts } from '../../transport/known-hosts-files.ts';
import { type ScannedKey, scanHostKeys } from '../../transport/scan-host-keys.ts';
import { Slots } from '../../util/slots.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import { ask } from '../ask.ts';
import type { Flags } from '../dispatch.ts';
import { allWell, hostUnreachable, interrupted } from '../exit-status.ts';
import { readExtraVars } from '../extra-vars.ts';
import { listFlag, numberFlag, textFlag } from '../flags.ts';
import { createInterrupt } from '../interrupt.ts';
import { connectionsOf } from '../inventory-connections.ts';
import type { Io } from '../io.ts';
import { openSecrets, withPassphrases } from '../open-secrets.ts';
import { UsageError } from '../usage-error.ts';
import { wantsColor } from '../wants-color.ts';

interface Unscanned {
  /** Names the host. */
  readonly error: Unreachable;
}

type Scan = ScannedKey | Unscanned;

const scanAll = async (
  settings: readonly ConnectionSettings[],
  forks: number,
  signal: AbortSignal,
): Promise<readonly Scan[]> => {
  const slots = new Slots(forks);
  const scan = async (one: ConnectionSettings): Promise<Scan> => {
    try {
      return await slots.use(() => scanHostKeys(one, signal));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      return { error };
    }
  };
  return await Promise.all(settings.map(scan));
};

const isScanned = (scan: Scan): scan is ScannedKey => !('error' in scan);

const isUnscanned = (scan: Scan): scan is Unscanned => 'error' in scan;

/** Host, address, type and fingerprint in columns. */
const renderKeys = (keys: readonly ScannedKey[]): string => {
  const rows = keys.map(({ host, address, port, type, fingerprint }) => [
    printable(host),
    `${printable(address)}:${port}`,
    keyTypeLabel(type),
    fingerprint,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
    .join('');
};

const describeRefused = ({ host, address, port, type, fingerprint, verdict }: ScannedKey): string => {
  const shown = `${printable(host)} (${printable(address)}:${port}) shows ${keyTypeLabel(type)} ${fingerprint}`;
  if (verdict.kind === 'revoked')
    return `${shown}, which ${verdict.entry.file}:${verdict.entry.line} revokes`;
  const places = verdict.kind === 'changed' ? verdict.entries.map(({ file, line }) => `${file}:${line}`) : [];
  return `${shown}, but ${places.join(', ')} ${places.length === 1 ? 'has' : 'have'} another key; if the host was set up anew, take that line away`;
};

const describeUnscanned = ({ error }: Unscanned): string =>
  `${printable(error.message)}${error.hint === undefined ? '' : `\n  ${error.hint}`}`;

const mayAdd = async (count: number, flags: Flags, io: Io): Promise<boolean> => {
  if (flags['yes'] === true) return true;
  if (io.stdin.isTTY !== true)
    throw new UsageError(
      `nobody can be asked whether to add ${count === 1 ? 'it' : 'them'}; --yes adds them`,
    );
  const answer = await ask(`Add ${count === 1 ? 'this key' : `these ${count} keys`}? [y/N]`, io, {
    hidden: false,
  });
  return /^y(es)?$/i.test(answer.trim());
};

const addAll = async (keys: readonly ScannedKey[], io: Io): Promise<void> => {
  for (const file of new Set(keys.map((key) => key.file))) {
    const some = keys.filter((key) => key.file === file);
    await addKnownHosts(file, some);
    io.stdout.write(`added ${some.length} to ${file}\n`);
  }
};

/**
 * `trust`: shows the host keys that are not known yet, all at once, and adds them when told to.
 *
 * @returns 0 when every host is known now; 4 when one cannot be reached, is refused, or stays unknown
 * @throws UsageError, DiagnosticError
 */
export const trust = async (inventory: string, flags: Flags, io: Io): Promise<number> => {
  const secrets = await openSecrets(flags, io);
  const files = createProjectFiles(secrets);
  const forks = numberFlag(flags, 'forks', '--forks', 1);
  const request = {
    user: undefined,
    privateKey: undefined,
    acceptNewHostKeys: false,
    connectTimeoutMs: numberFlag(flags, 'timeout', '--timeout', 1) * 1000,
  };
  const settings = await withPassphrases(secrets, io, () => {
    const extraVars = readExtraVars(listFlag(flags, 'extraVars'), files);
    return connectionsOf(inventory, textFlag(flags, 'limit'), extraVars, request, files);
  });
  if (settings.length === 0) {
    io.stdout.write('none of these hosts is reached by SSH\n');
    return allWell;
  }
  using interrupt = createInterrupt(io);
  let scans: readonly Scan[];
  try {
    scans = await scanAll(settings, forks, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return interrupted;
    throw error;
  }
  const scanned = scans.filter(isScanned);
  const refused = scanned.filter(({ verdict }) => verdict.kind === 'changed' || verdict.kind === 'revoked');
  const unscanned = scans.filter(isUnscanned);
  const paint = createPaint(wantsColor(io.stderr, io.env, flags['color'] !== false));
  for (const line of [...unscanned.map(describeUnscanned), ...refused.map(describeRefused)])
    io.stderr.write(`${paint('bad', 'error')}: ${line}\n`);
  const unknown = scanned.filter(({ verdict }) => verdict.kind === 'unknown');
  const troubled = refused.length + unscanned.length > 0 ? hostUnreachable : allWell;
  const known = scanned.length - refused.length - unknown.length;
  io.stdout.write(
    `${known} of ${settings.length} ${settings.length === 1 ? 'host is' : 'hosts are'} known\n`,
  );
  if (unknown.length === 0) return troubled;
  io.stdout.write(`not known yet:\n${renderKeys(unknown)}`);
  if (!(await mayAdd(unknown.length, flags, io))) {
    io.stdout.write('nothing was added\n');
    return hostUnreachable;
  }
  await addAll(unknown, io);
  return troubled;
};
