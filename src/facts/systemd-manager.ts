import type { FactKey, FactKind } from '../model/fact.ts';
import { FactFailure } from '../model/fact.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { folderListing, parseFolders, unseenDropIns } from './unit-install.ts';

/** Whether systemd has read what stands on the disk. */
export interface SystemdManagerFact {
  /**
   * An action of this run has written or removed unit files (predicted), or (seen, and only where it was asked for) a
   * loaded unit is older than its files.
   */
  readonly needsReload: boolean;
}

/**
 * The fact "does systemd need a daemon-reload".
 *
 * @param everyUnit  look at all loaded units (0.1 s); without it only what this run has written counts, since each
 *   unit's own fact tells the rest
 */
export const systemdManager = (everyUnit = false): FactKey<SystemdManagerFact> => ({
  kind: 'systemd-manager',
  id: 'manager',
  input: { everyUnit },
});

const looksAtAll = (keys: readonly FactKey[]): boolean =>
  keys.some(({ input }) => (input as { everyUnit: boolean } | undefined)?.everyUnit === true);

/**
 * Output: empty where no unit is asked for; else `@units`, `systemctl show` of all loaded units, `@folders` and the
 * drop-ins; `@failed` without systemd.
 */
const script = (keys: readonly FactKey<SystemdManagerFact>[]) =>
  looksAtAll(keys)
    ? joinSh([
        sh`if [ -d /run/systemd/system ]; then printf '@units\n'
systemctl show -p Id,LoadState,NeedDaemonReload,DropInPaths -- '*'
printf '@folders\n'`,
        folderListing,
        sh`else echo @failed; fi`,
      ])
    : rawSh(':');

const isOutdated = (record: string, dropIns: readonly string[]): boolean => {
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(record)?.[1] ?? '';
  if (value('NeedDaemonReload') === 'yes') return true;
  return (
    value('LoadState') === 'loaded' &&
    unseenDropIns(value('Id'), value('DropInPaths').split(' '), dropIns).length > 0
  );
};

/** Only looked at in earnest for a bare `daemon_reload: true`. */
export const systemdManagers: FactKind<SystemdManagerFact> = {
  kind: 'systemd-manager',
  script,
  parse(output, keys) {
    if (output.trim() === '@failed')
      return new Map(keys.map(({ id }) => [id, new FactFailure('systemd is not running here')]));
    const [shown = '', folders = ''] = output.replace(/^@units\n/, '').split(/^@folders\n/m);
    const { dropIns } = parseFolders(folders.split('\n').filter((line) => line !== ''));
    const needsReload = shown.split(/\n\n+/).some((record) => isOutdated(record, dropIns));
    return new Map(keys.map(({ id }) => [id, { needsReload }]));
  },
  merge: (first, second) => (looksAtAll([first]) ? first : second),
  lasting: () => ({}),
};
