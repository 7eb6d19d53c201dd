import { posix } from 'node:path';
import { type ContentFact, content } from '../facts/contents.ts';
import { type FileFact, file } from '../facts/files.ts';
import { systemdManager } from '../facts/systemd-manager.ts';
import { isTemplate, unitFolder } from '../facts/unit-names.ts';
import type { UnitFact } from '../facts/units.ts';
import type { Action, Change } from '../model/action.ts';
import { type Absent, absent, type FactEffect } from '../model/fact.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { sha256 } from '../util/sha256.ts';
import { utf8Text } from '../util/utf8-text.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';
import { temporaryPath } from './open-new.ts';
import { unitLinkTaints } from './unit-effects.ts';
import { effectsOn, type UnitOperand } from './unit-operands.ts';
import { relativePathOf, stageAndVerify, type UnitText } from './verify-unit.ts';

/** A unit file or drop-in that is to stand in /etc/systemd/system. */
export interface UnitFileToInstall extends UnitText {
  readonly current: FileFact | Absent;
  /** What the file holds now, for the diff. */
  readonly before: ContentFact | Absent;
  readonly operand: UnitOperand;
  /** Have systemd-analyze look at it first. */
  readonly isVerified: boolean;
}

/** Path of a unit file or drop-in among the administrator's. */
export const unitFilePath = (file: Pick<UnitText, 'unit' | 'dropIn'>): string =>
  `${unitFolder}/${relativePathOf(file)}`;

/** The lines of [Install] sections that mean something, for a comparison. */
export const installLines = (text: string): readonly string[] => {
  let section = '';
  return text.split('\n').flatMap((line) => {
    section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
    const isKey = section === 'Install' && /^\s*[^#;[\s]/.test(line);
    return isKey ? [line.trim()] : [];
  });
};

const lastValue = (text: string, key: string): string | undefined =>
  [...text.matchAll(new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'gm'))].at(-1)?.[1];

/** What the text of a whole unit file says of the unit. */
const factFromText = (text: string): Partial<UnitFact> => ({
  type: lastValue(text, 'Type') ?? '',
  remainsAfterExit: /^(yes|true|on|1)$/i.test(lastValue(text, 'RemainAfterExit') ?? ''),
});

const unitAfter = (
  { unit, dropIn, text }: UnitText,
  fact: UnitFact,
  isInstallChanged: boolean,
): Partial<UnitFact> => ({
  needsDaemonReload: false,
  // Whether it says how to reload was not looked at; systemctl will tell.
  canReload: true,
  ...(isInstallChanged && { wantedLinks: undefined }),
  ...(dropIn === undefined && {
    ...factFromText(text),
    loadState: 'loaded',
    fragmentPath: unitFilePath({ unit, dropIn }),
    ...(fact.unitFileState !== 'enabled' && {
      unitFileState: installLines(text).length > 0 ? 'disabled' : 'static',
    }),
  }),
});

const fileEffects = (wanted: UnitFileToInstall): readonly FactEffect[] => {
  const path = unitFilePath(wanted);
  const bytes = new TextEncoder().encode(wanted.text);
  const hash = sha256(bytes);
  const folder = posix.dirname(path);
  return [
    { key: file(path), value: { ...freshFile('file', {}), sha256: hash, sizeBytes: bytes.length } },
    { key: content(path), value: { sha256: hash, bytes, sizeBytes: bytes.length } },
    ...(wanted.dropIn === undefined ? [] : [{ key: file(folder), value: freshFile('directory', {}) }]),
  ];
};

const changesOf = ({ current, before, text, ...wanted }: UnitFileToInstall): readonly Change[] => {
  const path = unitFilePath(wanted);
  const old = before === absent ? null : before.bytes && utf8Text(before.bytes);
  const was = current !== absent && current.type !== 'file' ? ` (was a ${current.type})` : '';
  const summary = `${current === absent ? 'create' : 'write'} ${path}${was}`;
  return [old === undefined ? { summary } : { summary, diff: { path, before: old, after: text } }];
};

const textBefore = ({ before }: UnitFileToInstall): string =>
  (before === absent || before.bytes === undefined ? undefined : utf8Text(before.bytes)) ?? '';

/**
 * Writes a unit file or drop-in as a whole, root's and 0644, unless `systemd-analyze verify` refuses it, and has systemd
 * read it. A unit that is enabled gets its links anew where [Install] has changed.
 */
export const installUnitFile = (wanted: UnitFileToInstall): Action => {
  const { operand, unit } = wanted;
  const path = unitFilePath(wanted);
  const isInstallChanged =
    installLines(textBefore(wanted)).join('\n') !== installLines(wanted.text).join('\n');
  const isReenabled = isInstallChanged && operand.fact.unitFileState === 'enabled' && !isTemplate(unit);
  // The links of a template are its instances', and which those are is not known here.
  const isAboutOthers = isInstallChanged && isTemplate(unit) && wanted.current !== absent;
  return {
    kind: 'install-unit-file',
    summary: `install ${path}`,
    changes: [
      ...changesOf(wanted),
      ...(isReenabled ? [{ summary: `reenable ${operand.fact.id} ([Install] has changed)` }] : []),
    ],
    sh: joinSh([
      stageAndVerify(wanted, wanted.isVerified),
      ...(wanted.dropIn === undefined ? [] : [sh`mkdir -p -m 0755 -- ${posix.dirname(path)}`]),
      sh`t=$(mktemp -- ${temporaryPath(path)})
trap 'rm -rf -- "$d"; rm -f -- "$t"' EXIT
cat -- "$d/"${relativePathOf(wanted)} >"$t"
chown 0:0 -- "$t"
chmod 0644 -- "$t"
mv -f -T -- "$t" ${path}
systemctl daemon-reload`,
      ...(isReenabled ? [sh`systemctl reenable --quiet -- ${operand.fact.id}`] : []),
    ]),
    predicts: [
      ...fileEffects(wanted),
      { key: systemdManager(), value: { needsReload: false } },
      ...effectsOn([operand], (fact) => unitAfter(wanted, fact, isInstallChanged)),
    ],
    revises: folderChanges(path),
    taints: [...taintsOfFile(path), ...(isAboutOthers ? unitLinkTaints(path) : [])],
  };
};
