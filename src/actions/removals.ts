import { file } from '../facts/files.ts';
import { unit } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import type { Removal, Removals } from '../model/removal.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { removeUnit } from './prune-unit.ts';
import { unitFileAt, unitFileRemoval } from './prune-unit-file.ts';
import { removePath } from './remove-path.ts';

/** A folder goes only when it is empty: what others put into it is not ours to take. */
const removeEmptyFolder = (path: string): Action => ({
  kind: 'remove-empty-folder',
  summary: `remove ${path} if it is empty`,
  changes: [{ summary: `remove directory ${path} if it is empty` }],
  sh: joinSh([enterFolderOf(path), sh`rmdir --ignore-fail-on-non-empty -- ${nameIn(path)}`]),
  predicts: [],
  taints: [{ kind: 'file', under: path }],
});

const files: Removal = {
  facts: (path) => (unitFileAt(path) === undefined ? [file(path)] : unitFileRemoval.facts(path)),
  plan(path, facts) {
    if (unitFileAt(path) !== undefined) return unitFileRemoval.plan(path, facts);
    const fact = facts.get(file(path));
    if (fact === 'absent') return [];
    return [fact.type === 'directory' ? removeEmptyFolder(path) : removePath(path, fact)];
  },
};

const units: Removal = {
  facts: (name) => [unit(name)],
  plan(name, facts) {
    const fact = facts.get(unit(name));
    if (fact === 'absent') return [];
    const isOn = fact.activeState !== 'inactive' || fact.unitFileState.startsWith('enabled');
    return isOn ? [removeUnit(name)] : [];
  },
};

/** What can be pruned, units first. */
export const removals: Removals = new Map([
  ['unit', units],
  ['file', files],
]);
