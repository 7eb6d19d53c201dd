import { systemdManager } from '../facts/systemd-manager.ts';
import type { Action } from '../model/action.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { effectsOn, operands, type UnitOperand } from './unit-operands.ts';

interface Options {
  /** Units whose fact is corrected by it. */
  readonly units?: readonly UnitOperand[] | undefined;
  /**
   * Units that are enabled and whose [Install] may have changed with the files: their links are made anew, which
   * changes nothing where they are right.
   */
  readonly reenable?: readonly UnitOperand[] | undefined;
}

/** Has systemd read all unit files again. */
export const daemonReload = ({ units = [], reenable = [] }: Options = {}): Action => ({
  kind: 'daemon-reload',
  summary: 'daemon-reload',
  changes: [{ summary: 'daemon-reload (unit files have changed)' }],
  sh: joinSh([
    rawSh('systemctl daemon-reload'),
    ...(reenable.length === 0 ? [] : [sh`systemctl reenable --quiet -- ${operands(reenable)}`]),
  ]),
  predicts: [
    { key: systemdManager(), value: { needsReload: false } },
    ...effectsOn(units, () => ({ needsDaemonReload: false })),
  ],
});

/** Has systemd execute itself anew, keeping its state. */
export const daemonReexec = (): Action => ({
  kind: 'daemon-reexec',
  summary: 'daemon-reexec',
  changes: [{ summary: 'daemon-reexec' }],
  sh: rawSh('systemctl daemon-reexec'),
  predicts: [{ key: systemdManager(), value: { needsReload: false } }],
  unprovable: true,
});
