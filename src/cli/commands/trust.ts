import { Unreachable } from '../../model/transport.ts';
import { addKnownHosts } from '../../transport/known-hosts-files.ts';
import { type ScannedKey, scanHostKeys } from '../../transport/scan-host-keys.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import { ask } from '../ask.ts';
import type { Flags } from '../dispatch.ts';
import { allWell, hostUnreachable } from '../exit-status.ts';
import { readExtraVars } from '../extra-vars.ts';
import { listFlag, textFlag } from '../flags.ts';
import { connectionsOf } from '../inventory-connections.ts';
import type { Io } from '../io.ts';
import { readRunRequest } from '../run-request.ts';

const describe = ({ host, address, port, type, fingerprint }: ScannedKey): string =>
  `${host}  ${address}:${port}  ${type}  ${fingerprint}`;

/** `trust`: shows the host keys that are not known yet, all at once, and adds them when told to. */
export const trust = async (inventory: string, flags: Flags, io: Io): Promise<number> => {
  const files = createProjectFiles();
  const extraVars = readExtraVars(listFlag(flags, 'extraVars'), files);
  const settings = connectionsOf(
    inventory,
    textFlag(flags, 'limit'),
    extraVars,
    readRunRequest(flags),
    files,
  );
  const scans = await Promise.allSettled(settings.map((one) => scanHostKeys(one)));
  const scanned = scans.flatMap((scan) => (scan.status === 'fulfilled' ? [scan.value] : []));
  const failures = scans.flatMap((scan) => (scan.status === 'rejected' ? [scan.reason as unknown] : []));
  for (const failure of failures) {
    if (!(failure instanceof Unreachable)) throw failure;
    io.stderr.write(`${failure.message}\n`);
  }
  const changed = scanned.filter(({ verdict }) => verdict.kind === 'changed' || verdict.kind === 'revoked');
  for (const key of changed) io.stderr.write(`${describe(key)}: not the key that is known; refused\n`);
  const unknown = scanned.filter(({ verdict }) => verdict.kind === 'unknown');
  for (const key of unknown) io.stdout.write(`${describe(key)}\n`);
  if (unknown.length === 0) io.stdout.write('no host has a key that is not known yet\n');
  else if (
    flags['yes'] === true ||
    /^y(es)?$/i.test(await ask('Add these keys? [y/N]', io, { hidden: false }))
  ) {
    for (const key of unknown) await addKnownHosts(key.file, [key]);
    io.stdout.write(`added ${unknown.length}\n`);
  }
  return failures.length + changed.length > 0 ? hostUnreachable : allWell;
};
