import { systemdManager } from '../facts/systemd-manager.ts';
import { isUnitFilePath } from '../facts/unit-install.ts';
import type { FactEffect, Taint } from '../model/fact.ts';

/**
 * What becomes known of systemd when a file, link or folder at `path` has been written or removed: below one of its unit
 * directories, that it needs a daemon-reload; else nothing.
 *
 * A prediction, not a taint: the tasks on units that follow plan their reload from it, without another look.
 */
export const unitFileEffects = (path: string): readonly FactEffect[] =>
  isUnitFilePath(path) ? [{ key: systemdManager(), value: { needsReload: true } }] : [];

/**
 * What may change besides, where links are made or anything is removed below a unit directory: which units are enabled,
 * masked or there at all.
 */
export const unitLinkTaints = (path: string): readonly Taint[] =>
  isUnitFilePath(path) ? [{ kind: 'unit' }, { kind: 'unit-instances' }] : [];
