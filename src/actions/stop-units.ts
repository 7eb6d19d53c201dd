import type { Action } from '../model/action.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { effectsOn, operands, summaryOf, summaryOfAll, type UnitOperand } from './unit-operands.ts';
import { taintsOfStop } from './unit-taints.ts';

/**
 * Stops units and forgets their failures, so that a unit that had failed is inactive afterwards too.
 *
 * @param noBlock  return as soon as the jobs are queued
 */
export const stopUnits = (
  units: readonly UnitOperand[],
  { noBlock = false }: { readonly noBlock?: boolean | undefined } = {},
): Action => {
  const names = operands(units);
  const failed = units.filter(({ fact }) => fact.activeState === 'failed').map(({ fact }) => fact.id);
  return {
    kind: 'stop-units',
    summary: summaryOfAll('stop', units),
    changes: units.map((operand) => ({ summary: summaryOf('stop', operand) })),
    sh: joinSh([
      noBlock ? sh`systemctl --no-block stop -- ${names}` : sh`systemctl stop -- ${names}`,
      ...(failed.length === 0 ? [] : [sh`systemctl reset-failed -- ${failed} || :`]),
    ]),
    predicts: effectsOn(units, () => ({
      activeState: 'inactive',
      subState: 'dead',
      mainPid: 0,
      startedAt: 0,
      configuredAt: 0,
    })),
    taints: taintsOfStop,
  };
};
