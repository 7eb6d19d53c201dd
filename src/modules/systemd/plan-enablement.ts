import {
  disableUnits,
  enableUnits,
  maskUnits,
  reenableUnits,
  unmaskUnits,
} from '../../actions/enable-units.ts';
import type { UnitOperand } from '../../actions/unit-operands.ts';
import { hasStaleLinks, type UnitFact } from '../../facts/units.ts';
import type { Action } from '../../model/action.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** A mask keeps anything from starting the unit. */
export const isMasked = ({ loadState, unitFileState }: UnitFact): boolean =>
  loadState === 'masked' || unitFileState.startsWith('masked');

/** States of a unit file that enabling doesn't change, and why. */
const fixed: Readonly<Record<string, string>> = {
  static: 'it has no [Install] section',
  alias: 'it is another name of a unit',
  indirect: 'its [Install] section only names other units or templates',
  generated: 'its unit file is generated at boot',
  transient: 'it has no unit file that lasts',
};

/** Another name of a unit, made by a link of somebody's, makes it indirect too: that one can be enabled all the same. */
const whyFixed = ({ unitFileState, wantedLinks = [] }: UnitFact): string | undefined =>
  unitFileState === 'indirect' && wantedLinks.length > 0 ? undefined : fixed[unitFileState];

/** Said where `enabled` can't be brought about. */
export const warnOfFixed = (fact: UnitFact, isWanted: boolean): readonly string[] => {
  const why = whyFixed(fact);
  return why === undefined || !isWanted
    ? []
    : [`${fact.id} cannot be enabled: ${why} (it is "${fact.unitFileState}"); left as it is`];
};

/** @throws TaskFailure when a unit file stands where the mask would */
export const planMask = (operand: UnitOperand): readonly Action[] => {
  const { fact } = operand;
  if (fact.unitFileState === 'masked') return [];
  if (fact.fragmentPath === `/etc/systemd/system/${fact.id}`)
    throw new TaskFailure(`${fact.id} cannot be masked: its own unit file is at ${fact.fragmentPath}`);
  return [maskUnits([operand])];
};

/** What takes a mask away. */
export const planUnmask = (operand: UnitOperand, isEnabled: boolean): readonly Action[] =>
  isMasked(operand.fact)
    ? [unmaskUnits([{ ...operand, reason: 'unit is masked' }], { reenable: isEnabled })]
    : [];

const linkReason = ({ links, wantedLinks }: UnitFact): string => {
  const folders = (paths: readonly string[]): string =>
    paths.map((path) => path.split('/')[0]).join(', ') || 'nothing';
  return `enabled in ${folders(links)}, its [Install] says ${folders(wantedLinks ?? [])}`;
};

/** What brings `enabled` about for one unit. */
export const planEnablement = (
  operand: UnitOperand,
  isWanted: boolean,
  options: { readonly force?: boolean },
): readonly Action[] => {
  const { fact } = operand;
  if (whyFixed(fact) !== undefined) return [];
  if (!isWanted) return /^enabled/.test(fact.unitFileState) ? [disableUnits([operand])] : [];
  if (fact.unitFileState !== 'enabled') return [enableUnits([operand], options)];
  if (!hasStaleLinks(fact)) return [];
  return [reenableUnits([{ ...operand, reason: linkReason(fact) }], options)];
};
