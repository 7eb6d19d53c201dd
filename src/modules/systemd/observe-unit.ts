import { file } from '../../facts/files.ts';
import { systemdManager } from '../../facts/systemd-manager.ts';
import { instanceOf, unitFolder } from '../../facts/unit-names.ts';
import { isActive, type UnitFact, unit, unknownUnit } from '../../facts/units.ts';
import type { FactKey, Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** The file that an administrator's own unit of this name stands in. */
export const unitFileOf = (name: string): string => `${unitFolder}/${instanceOf(name)?.template ?? name}`;

/** What has to be known to plan for a unit: systemd's idea of it, and whether this run writes its file. */
export const factsOfUnit = (name: string): readonly FactKey[] => [
  unit(name),
  file(unitFileOf(name)),
  systemdManager(),
];

/** The unit's fact; a unit that systemd doesn't know is a value too. */
export const readUnit = (name: string, facts: Facts): UnitFact => {
  const fact = facts.get(unit(name));
  return fact === 'absent' ? unknownUnit(name) : fact;
};

/** systemd's idea of the unit is older than the disk, or will be after what this run has written. */
export const needsDaemonReload = (fact: UnitFact, facts: Facts): boolean => {
  const manager = facts.get(systemdManager());
  return fact.needsDaemonReload || (manager !== 'absent' && manager.needsReload);
};

/**
 * @throws TaskFailure when systemd has no such unit, nothing of it runs, and no file for it is written by this run
 */
export const requireUnit = (name: string, fact: UnitFact, facts: Facts): void => {
  const isFound = fact.loadState !== 'not-found' || isActive(fact);
  if (!isFound && facts.get(file(unitFileOf(name))) === 'absent')
    throw new TaskFailure(`Could not find the requested service ${name}: host`);
};
