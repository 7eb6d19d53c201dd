import { posix } from 'node:path';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { systemdManager } from '../facts/systemd-manager.ts';
import { isTemplate } from '../facts/unit-names.ts';
import { unit, unknownUnit } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import { absent } from '../model/fact.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { unitFilePath } from './install-unit-file.ts';
import { unitLinkTaints } from './unit-effects.ts';
import type { UnitOperand } from './unit-operands.ts';
import { taintsOfStop } from './unit-taints.ts';
import type { UnitText } from './verify-unit.ts';

/**
 * Removes a unit file or drop-in of the administrator's and has systemd forget it.
 *
 * A unit that lives from this file alone is stopped and disabled first. A unit that another file of lower rank defines goes
 * on with that one; a template's instances are left to whoever manages them.
 */
export const removeUnitFile = (target: Pick<UnitText, 'unit' | 'dropIn'>, operand: UnitOperand): Action => {
  const path = unitFilePath(target);
  const isItsOwn =
    target.dropIn === undefined && !isTemplate(target.unit) && operand.fact.fragmentPath === path;
  const { name } = operand;
  return {
    kind: 'remove-unit-file',
    summary: `remove ${path}`,
    changes: [
      ...(isItsOwn ? [{ summary: `stop and disable ${name}` }] : []),
      { summary: `remove file ${path}` },
    ],
    sh: joinSh([
      ...(isItsOwn ? [sh`systemctl disable --now --quiet -- ${name}`] : []),
      sh`rm -f -- ${path}`,
      ...(target.dropIn === undefined
        ? []
        : [sh`rmdir --ignore-fail-on-non-empty -- ${posix.dirname(path)}`]),
      sh`systemctl daemon-reload`,
      ...(isItsOwn ? [sh`systemctl reset-failed -- ${name} 2>/dev/null || :`] : []),
    ]),
    predicts: [
      { key: file(path), value: absent },
      { key: content(path), value: absent },
      { key: systemdManager(), value: { needsReload: false } },
      ...(isItsOwn ? [{ key: unit(name), value: unknownUnit(name) }] : []),
    ],
    revises: folderChanges(path),
    taints: [
      ...taintsOfFile(path),
      ...unitLinkTaints(path),
      ...(isItsOwn ? taintsOfStop : []),
      ...(target.dropIn === undefined ? [] : [{ kind: 'file', under: posix.dirname(path) }]),
    ],
  };
};
