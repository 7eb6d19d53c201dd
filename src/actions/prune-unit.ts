import { unitName } from '../facts/unit-names.ts';
import { unit, unknownUnit } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';
import { taintsOfStop } from './unit-taints.ts';

/**
 * Takes units away that nobody wants any more: stopped, disabled, their failures forgotten. Their files stay, since
 * those are other tasks'. A unit that isn't there is left out.
 *
 * @param names  units with or without suffix, no templates
 */
export const removeUnits = (names: readonly string[]): Action => {
  const whole = names.map(unitName);
  return {
    kind: 'prune-unit',
    summary:
      whole.length <= 4 ? `stop and disable ${whole.join(', ')}` : `stop and disable ${whole.length} units`,
    changes: whole.map((name) => ({ summary: `stop and disable ${name}` })),
    // A unit whose file is gone already makes stop and disable fail for all; one by one the others get done.
    sh: sh`systemctl stop -- ${whole} || for unit in ${whole}; do systemctl stop -- "$unit" || :; done
systemctl disable --quiet -- ${whole} || for unit in ${whole}; do systemctl disable --quiet -- "$unit" || :; done
systemctl reset-failed -- ${whole} 2>/dev/null || :
for unit in ${whole}; do
  if systemctl is-active --quiet -- "$unit"; then
    printf '%s is still active\n' "$unit" >&2
    exit 1
  fi
done`,
    predicts: whole.map((name) => ({
      key: unit(name),
      value: { ...unknownUnit(name), loadState: 'loaded', unitFileState: 'disabled' },
    })),
    taints: taintsOfStop,
  };
};

/** As `removeUnits`, for one. */
export const removeUnit = (name: string): Action => removeUnits([name]);
