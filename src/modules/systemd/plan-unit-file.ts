import { daemonReload } from '../../actions/daemon-reload.ts';
import { reenableUnits } from '../../actions/enable-units.ts';
import { installUnitFile, unitFilePath } from '../../actions/install-unit-file.ts';
import { removeUnitFile } from '../../actions/remove-unit-file.ts';
import { setAttributes } from '../../actions/set-attributes.ts';
import { factAfter } from '../../actions/unit-operands.ts';
import { content, type KnownContent } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import { systemdManager } from '../../facts/systemd-manager.ts';
import { hasStaleLinks, unit } from '../../facts/units.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { sha256 } from '../../util/sha256.ts';
import { needsDaemonReload, readUnit } from './observe-unit.ts';

/** A unit file or drop-in that a task manages. */
export interface ManagedUnitFile {
  readonly unit: string;
  readonly dropIn: string | undefined;
  /** undefined: it is to be gone. */
  readonly text: string | undefined;
  readonly isVerified: boolean;
}

const attributes = { owner: 'root', group: 'root', mode: '0644' };

const knownOf = (text: string): KnownContent => ({
  sha256: sha256(text),
  sizeBytes: new TextEncoder().encode(text).length,
});

/** What has to be known to plan for it. */
export const factsOfUnitFile = (managed: ManagedUnitFile): readonly FactKey[] => {
  const path = unitFilePath(managed);
  const known = managed.text === undefined ? undefined : knownOf(managed.text);
  return [file(path), content(path, known), unit(managed.unit), systemdManager()];
};

const planAbsent = (managed: ManagedUnitFile, facts: Facts): readonly Action[] => {
  const fact = readUnit(managed.unit, facts);
  const path = unitFilePath(managed);
  const current = facts.get(file(path));
  if (current === absent)
    return needsDaemonReload(fact, facts) ? [daemonReload({ units: [{ name: managed.unit, fact }] })] : [];
  if (current.type === 'directory') throw new TaskFailure(`${path} is a directory`);
  return [removeUnitFile(managed, { name: managed.unit, fact })];
};

/** What is left when the text is as it should be: attributes, systemd's idea of it, the links. */
const planAround = (managed: ManagedUnitFile, facts: Facts): readonly Action[] => {
  const path = unitFilePath(managed);
  const current = facts.get(file(path));
  const fact = readUnit(managed.unit, facts);
  const operand = { name: managed.unit, fact };
  const isLinked = fact.unitFileState === 'enabled';
  const actions: Action[] = current === absent ? [] : [...setAttributes(path, current, attributes)];
  if (needsDaemonReload(fact, facts))
    actions.push(daemonReload({ units: [operand], reenable: isLinked ? [operand] : [] }));
  const then = factAfter(managed.unit, fact, actions);
  if (hasStaleLinks(then))
    actions.push(
      reenableUnits([{ ...operand, fact: then, reason: 'its links are not what [Install] says' }]),
    );
  return actions;
};

/** Brings a unit file or drop-in about, or takes it away. */
export const planUnitFile = (managed: ManagedUnitFile, facts: Facts): readonly Action[] => {
  const { text } = managed;
  if (text === undefined) return planAbsent(managed, facts);
  const path = unitFilePath(managed);
  const current = facts.get(file(path));
  if (current !== absent && current.type === 'directory') throw new TaskFailure(`${path} is a directory`);
  const isText = current !== absent && current.type === 'file' && current.sha256 === sha256(text);
  if (isText) return planAround(managed, facts);
  const fact = readUnit(managed.unit, facts);
  // Through a link (a mask, say) the content is another file's.
  const before = current !== absent && current.type === 'file' ? facts.get(content(path)) : absent;
  return [installUnitFile({ ...managed, text, current, before, operand: { name: managed.unit, fact } })];
};
