import { type DpkgSelection, dpkgSelection } from '../facts/dpkg-selections.ts';
import { packageFact } from '../facts/packages.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** Tells dpkg what to do with a package when it is asked to. */
export const selectPackage = (
  name: string,
  selection: DpkgSelection,
  before: DpkgSelection | 'absent',
): Action => ({
  kind: 'select-package',
  summary: `select ${selection} for ${name}`,
  changes: [{ summary: `selection of ${name}: ${before === 'absent' ? 'none' : before} -> ${selection}` }],
  sh: sh`printf '%s %s\n' ${name} ${selection} | dpkg --set-selections`,
  predicts: [{ key: dpkgSelection(name), value: selection }],
  revises: [{ key: packageFact(name), properties: { held: selection === 'hold' } }],
});
