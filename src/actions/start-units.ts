import { justWritten } from '../facts/files.ts';
import type { UnitFact } from '../facts/units.ts';
import { leavesNoTrace } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { effectsOn, operands, summaryOf, summaryOfAll, type UnitOperand } from './unit-operands.ts';
import { taintsOfStart } from './unit-taints.ts';

/** How the job is asked for. */
export interface JobOptions {
  /** Return as soon as the job is queued, without looking how it ends. */
  readonly noBlock?: boolean | undefined;
  /** It will be done again at every run, whatever it did: `state: restarted`. */
  readonly unprovable?: boolean | undefined;
}

/** The fact of a unit that has just come up. */
const started = (fact: UnitFact): Partial<UnitFact> => ({
  loadState: 'loaded',
  activeState: leavesNoTrace(fact) ? 'inactive' : 'active',
  subState: 'running',
  result: 'success',
  startedAt: leavesNoTrace(fact) ? 0 : justWritten,
  configuredAt: leavesNoTrace(fact) ? 0 : justWritten,
});

const tellRefusedReload = sh`case $(systemctl show -p ReloadResult --value -- "$unit") in
      success | '') ;;
      *) systemctl status --no-pager --full --lines=20 -- "$unit" >&2 || : ;;
    esac
    continue`;

/**
 * Runs a job and looks whether the units are up: `systemctl start` answers 0 for a unit whose Condition…= failed. A
 * oneshot that has done its work is inactive again, and that's well. Of what isn't up, or has refused a reload, the state
 * and the end of its journal are printed.
 */
const runJob = (verb: 'start' | 'restart' | 'reload', names: readonly string[]): Sh =>
  sh`failed=0
systemctl ${verb} -- ${names} || failed=1
for unit in ${names}; do
  if systemctl is-active --quiet -- "$unit"; then
    ${verb === 'reload' ? tellRefusedReload : sh`continue`}
  fi
  case $(systemctl show -p Type,Result,ConditionResult -- "$unit" | sort | tr '\n' ' ') in
    'ConditionResult=yes Result=success Type=oneshot '*) continue ;;
  esac
  failed=1
  systemctl status --no-pager --full --lines=20 -- "$unit" >&2 || :
done
[ "$failed" = 0 ]`;

const job = (
  verb: 'start' | 'restart' | 'reload',
  units: readonly UnitOperand[],
  { noBlock = false, unprovable = false }: JobOptions,
): Pick<Action, 'kind' | 'summary' | 'changes' | 'sh' | 'taints' | 'unprovable'> => {
  const names = operands(units);
  const isHeldBack = units.filter(({ fact }) => fact.activeState === 'failed').map(({ fact }) => fact.id);
  return {
    kind: 'start-units',
    summary: summaryOfAll(verb, units),
    changes: units.map((operand) => ({ summary: summaryOf(verb, operand) })),
    sh: joinSh([
      // A unit that failed too often within a while is not started again before its counter is reset.
      ...(isHeldBack.length === 0 ? [] : [sh`systemctl reset-failed -- ${isHeldBack} || :`]),
      noBlock ? sh`systemctl --no-block ${verb} -- ${names}` : runJob(verb, names),
    ]),
    taints: taintsOfStart(names),
    ...(unprovable && { unprovable: true }),
  };
};

/** Starts units, all in one job set. Fails where one of them isn't up afterwards. */
export const startUnits = (units: readonly UnitOperand[], options: JobOptions = {}): Action => ({
  ...job('start', units, {
    ...options,
    unprovable: options.unprovable === true || units.some(({ fact }) => leavesNoTrace(fact)),
  }),
  predicts: effectsOn(units, started),
});

/** Stops and starts units, or starts those that are down. Fails where one of them isn't up afterwards. */
export const restartUnits = (units: readonly UnitOperand[], options: JobOptions = {}): Action => ({
  ...job('restart', units, options),
  kind: 'restart-units',
  predicts: effectsOn(units, started),
});

/** Has units that are up read their configuration again. Fails where one refuses it. */
export const reloadUnits = (units: readonly UnitOperand[], options: JobOptions = {}): Action => ({
  ...job('reload', units, options),
  kind: 'reload-units',
  predicts: effectsOn(units, () => ({ configuredAt: justWritten })),
});
