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
 * @param everyUnit  look at all loaded units (5 ms, and 40 to 100 where a unit file has changed); without it only what this run has written counts, since each
 *   unit's own fact tells the rest
 */
export const systemdManager = (everyUnit = false): FactKey<SystemdManagerFact> => ({
  kind: 'systemd-manager',
  id: 'manager',
  input: { everyUnit },
});

const looksAtAll = (keys: readonly FactKey[]): boolean =>
  keys.some(({ input }) => (input as { everyUnit: boolean } | undefined)?.everyUnit === true);

/** Where systemd reads units from, but for what it writes itself. @see systemd.unit(5), Unit File Load Path */
const unitFolders =
  '/etc/systemd/system.control /run/systemd/system.control /etc/systemd/system /etc/systemd/system.attached ' +
  '/run/systemd/system /run/systemd/system.attached /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system';

/**
 * Says nothing when no unit file, no folder of them and no source of a generated unit has changed since systemd last read
 * them all: then no unit can be older than its files. systemd sets the time of that file to when it began to (seen on 252,
 * 257, 262), and a change time cannot be set back; where the clock itself was, a change may go unnoticed until the next reload.
 */
const changedSince = rawSh(
  `find ${unitFolders} $(sed -n 's/^SourcePath=//p' /run/systemd/generator*/*.* 2>/dev/null) -newercm /run/systemd/systemd-units-load -print -quit 2>/dev/null`,
);

/**
 * Output: empty where no unit is asked for; `@unchanged` where none can be outdated; else `@units`, `systemctl show` of
 * all loaded units, `@folders` and the drop-ins; `@failed` without systemd.
 */
const script = (keys: readonly FactKey<SystemdManagerFact>[]) =>
  looksAtAll(keys)
    ? joinSh([
        sh`if ! [ -d /run/systemd/system ]; then echo @failed
elif [ -e /run/systemd/systemd-units-load ] && [ -z "$(${changedSince})" ]; then echo @unchanged
else
printf '@units\n'
systemctl show -p Id,LoadState,NeedDaemonReload,DropInPaths -- '*'
printf '@folders\n'`,
        folderListing,
        sh`fi`,
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
    if (output.trim() === '@unchanged') return new Map(keys.map(({ id }) => [id, { needsReload: false }]));
    const [shown = '', folders = ''] = output.replace(/^@units\n/, '').split(/^@folders\n/m);
    const { dropIns } = parseFolders(folders.split('\n').filter((line) => line !== ''));
    const needsReload = shown.split(/\n\n+/).some((record) => isOutdated(record, dropIns));
    return new Map(keys.map(({ id }) => [id, { needsReload }]));
  },
  merge: (first, second) => (looksAtAll([first]) ? first : second),
  lasting: () => ({}),
};
