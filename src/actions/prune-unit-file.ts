import { file } from '../facts/files.ts';
import { unitFolder } from '../facts/unit-names.ts';
import { unit, unknownUnit } from '../facts/units.ts';
import type { Removal } from '../model/removal.ts';
import { removeUnitFile } from './remove-unit-file.ts';

interface UnitFileName {
  readonly unit: string;
  readonly dropIn: string | undefined;
}

/** The unit and drop-in that a path of the administrator's is for; undefined for every other path. */
export const unitFileAt = (path: string): UnitFileName | undefined => {
  if (!path.startsWith(`${unitFolder}/`)) return undefined;
  const [name = '', dropIn, ...rest] = path.slice(unitFolder.length + 1).split('/');
  if (rest.length > 0) return undefined;
  const type = /\.(service|socket|mount|automount|swap|target|path|timer|slice)(\.d)?$/.exec(name);
  const isFolder = type?.[2] !== undefined;
  if (type === null || isFolder !== (dropIn?.endsWith('.conf') ?? false)) return undefined;
  return { unit: isFolder ? name.slice(0, -'.d'.length) : name, dropIn };
};

/**
 * How a unit file or drop-in that nobody declares any more goes: its unit is stopped and disabled where it lives from this
 * file alone, and systemd forgets it. Ids are paths for which `unitFileAt` knows a unit.
 */
export const unitFileRemoval: Removal = {
  facts(path) {
    const target = unitFileAt(path);
    return target === undefined ? [] : [file(path), unit(target.unit)];
  },
  plan(path, facts) {
    const target = unitFileAt(path);
    if (target === undefined || facts.get(file(path)) === 'absent') return [];
    const seen = facts.get(unit(target.unit));
    const fact = seen === 'absent' ? unknownUnit(target.unit) : seen;
    return [removeUnitFile(target, { name: target.unit, fact })];
  },
};
