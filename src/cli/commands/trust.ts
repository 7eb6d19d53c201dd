import { SshConfig } from '../../inventory/ssh-config/ssh-config.ts';
import { type ConnectionSettings, Unreachable } from '../../model/transport.ts';
import { createPaint } from '../../report/paint.ts';
import { createJumpHosts } from '../../transport/jump-hosts.ts';
import { addKnownHosts } from '../../transport/known-hosts-files.ts';
import type { OpenLine } from '../../transport/line.ts';
import { type ScannedKey, scanHostKeys } from '../../transport/scan-host-keys.ts';
import { createSshMachine } from '../../transport/ssh-machine.ts';
import { loginSources } from '../../transport/transports.ts';
import { printable, printableLine } from '../../util/printable.ts';
import { Slots } from '../../util/slots.ts';
import { keyTypeLabel } from '../../util/ssh-key.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import { ask } from '../ask.ts';
import type { Flags } from '../dispatch.ts';
import { allWell, hostUnreachable, interrupted } from '../exit-status.ts';
import { readExtraVars } from '../extra-vars.ts';
import { listFlag, numberFlag, textFlag } from '../flags.ts';
import { createInterrupt } from '../interrupt.ts';
import { connectionsOf } from '../inventory-connections.ts';
import type { Io } from '../io.ts';
import { readLogins } from '../logins.ts';
import { noConnections } from '../offline.ts';
import { openSecrets, withPassphrases } from '../open-secrets.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { connectTimeoutOf } from '../run-request.ts';
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
  openLine: OpenLine,
  signal: AbortSignal,
): Promise<readonly Scan[]> => {
  const slots = new Slots(forks);
  const scan = async (one: ConnectionSettings): Promise<Scan> => {
    try {
      return await slots.use(() => scanHostKeys(one, openLine, signal));
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
    printableLine(host),
    `${printableLine(address)}:${port}`,
    printableLine(keyTypeLabel(type)),
    fingerprint,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
    .join('');
};

/** A host that shows a certificate as well as its key: whoever adds the key should know what is wrong with the certificate. */
const describeProblem = ({ host, verdict }: ScannedKey): readonly string[] =>
  verdict.problem === undefined
    ? []
    : [`the certificate of ${printableLine(host)} does not count: ${printableLine(verdict.problem)}`];

const describeRefused = (scanned: ScannedKey): string => {
  const { host, address, port, type, fingerprint, verdict } = scanned;
  const shown = `${printableLine(host)} (${printableLine(address)}:${port}) shows ${keyTypeLabel(type)} ${fingerprint}`;
  const [problem] = describeProblem(scanned);
  const more = problem === undefined ? '' : `; ${problem}`;
  if (verdict.kind === 'revoked')
    return `${shown}, which ${verdict.entry.file}:${verdict.entry.line} revokes`;
  if (verdict.kind === 'authority-revoked')
    return `${shown}, certified by an authority that ${verdict.entry.file}:${verdict.entry.line} revokes`;
  const places = verdict.kind === 'changed' ? verdict.entries.map(({ file, line }) => `${file}:${line}`) : [];
  return `${shown}, but ${places.join(', ')} ${places.length === 1 ? 'has' : 'have'} another key; if the host was set up anew, take that line away${more}`;
};

const describeUnscanned = ({ error }: Unscanned): string =>
  printable(error.hint === undefined ? error.message : `${error.message}\n${error.hint}`).replaceAll(
    '\n',
    '\n  ',
  );

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
    io.stdout.write(`added ${some.length} to ${printableLine(file)}\n`);
  }
};

/** The hosts that jump to this one, and it: who is nearest comes first. */
const wayTo = (settings: ConnectionSettings): readonly ConnectionSettings[] =>
  settings.proxy?.kind === 'jump' ? [...wayTo(settings.proxy.via), settings] : [settings];

/** Hosts and their jump hosts, by the number of jumps to them: a jump host has to be known before who is behind it is asked. */
const inRounds = (all: readonly ConnectionSettings[]): readonly (readonly ConnectionSettings[])[] => {
  const rounds: Map<string, ConnectionSettings>[] = [];
  for (const settings of all) {
    const way = wayTo(settings);
    for (const [jumps, one] of way.entries()) {
      rounds[jumps] ??= new Map();
      // A jump host is the same for all behind it; a host is told by its own name.
      const id = jumps < way.length - 1 ? JSON.stringify(one) : `host ${one.host}`;
      rounds[jumps].set(id, one);
    }
  }
  return rounds.map((round) => [...round.values()]);
};

const refusals: readonly string[] = [
  'changed',
  'revoked',
  'authority-revoked',
] satisfies ScannedKey['verdict']['kind'][];

/** Shows what was found, and adds what is new when told to. @returns whether all are known now */
const settle = async (scans: readonly Scan[], flags: Flags, io: Io): Promise<boolean> => {
  const scanned = scans.filter(isScanned);
  const refused = scanned.filter(({ verdict }) => refusals.includes(verdict.kind));
  const unscanned = scans.filter(isUnscanned);
  const paint = createPaint(wantsColor(io.stderr, io.env, flags['color'] !== false));
  for (const line of [...unscanned.map(describeUnscanned), ...refused.map(describeRefused)])
    io.stderr.write(`${paint('bad', 'error')}: ${line}\n`);
  const unknown = scanned.filter(({ verdict }) => verdict.kind === 'unknown');
  const known = scanned.length - refused.length - unknown.length;
  io.stdout.write(`${known} of ${scans.length} ${scans.length === 1 ? 'host is' : 'hosts are'} known\n`);
  const areAllWell = refused.length + unscanned.length === 0;
  if (unknown.length === 0) return areAllWell;
  io.stdout.write(`not known yet:\n${renderKeys(unknown)}`);
  for (const line of unknown.flatMap(describeProblem))
    io.stderr.write(`${paint('changed', 'warning')}: ${line}\n`);
  if (!(await mayAdd(unknown.length, flags, io))) {
    io.stdout.write('nothing was added\n');
    return false;
  }
  await addAll(unknown, io);
  return areAllWell;
};

/**
 * `trust`: shows the host keys that are not known yet, all at once, and adds them when told to. Hosts behind jump hosts come
 * after those.
 *
 * @returns 0 when every host is known now; 4 when one cannot be reached, is refused, or stays unknown
 * @throws UsageError, DiagnosticError
 */
export const trust = async (inventory: string, flags: Flags, io: Io): Promise<number> => {
  const secrets = await openSecrets(flags, io);
  const files = createProjectFiles(secrets);
  const forks = numberFlag(flags, 'forks', '--forks', 1);
  const request = {
    ...noConnections(inventory, flags),
    connectTimeoutMs: connectTimeoutOf(flags),
    sshConfigFile: textFlag(flags, 'sshConfig'),
  };
  const sshConfig = new SshConfig(createSshMachine(io.env));
  const limit = textFlag(flags, 'limit');
  const { settings, warnings } = await withPassphrases(secrets, io, () => {
    const extraVars = readExtraVars(listFlag(flags, 'extraVars'), files);
    return connectionsOf(limit, extraVars, request, files, sshConfig, io.env);
  });
  if (warnings.length > 0) printDiagnostics(warnings, io);
  if (settings.length === 0) {
    io.stdout.write('none of these hosts is reached by SSH\n');
    return allWell;
  }
  using interrupt = createInterrupt(io);
  await using jumpHosts = createJumpHosts(loginSources(readLogins(io)));
  let areAllWell = true;
  try {
    for (const round of inRounds(settings)) {
      const scans = await scanAll(round, forks, jumpHosts.open, interrupt.stop);
      areAllWell = (await settle(scans, flags, io)) && areAllWell;
    }
  } catch (error) {
    if (interrupt.stop.aborted) return interrupted;
    throw error;
  }
  return areAllWell ? allWell : hostUnreachable;
};
