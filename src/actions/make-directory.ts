import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import type { Identity } from '../model/fact.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { type Attributes, setAttributesSh, withAttributes } from './file-attributes.ts';
import { taintsOfFile } from './file-taints.ts';
import { folderChanges } from './folder-changes.ts';
import { freshFile } from './fresh-file.ts';

const suffix = ({ owner, group, mode }: Attributes): string =>
  [owner, group, mode].some((part) => part !== undefined)
    ? ` (${[mode, [owner, group].filter((name) => name !== undefined).join(':')].filter(Boolean).join(' ')})`
    : '';

/**
 * Makes folders that are not there, outermost first, all with the same attributes. Until owner and mode are set, only
 * the account that makes them can look inside.
 */
export const makeDirectories = (paths: readonly string[], wanted: Attributes, identity: Identity): Action => {
  const operands = sh`${paths}`;
  const isPlain = wanted.owner === undefined && wanted.group === undefined && wanted.mode === undefined;
  const value = withAttributes(freshFile('directory', identity), wanted);
  return {
    kind: 'make-directory',
    summary: `create directory ${paths.at(-1) ?? ''}`,
    changes: paths.map((path) => ({ summary: `create directory ${path}${suffix(wanted)}` })),
    sh: joinSh(
      isPlain
        ? [sh`mkdir -- ${operands}`]
        : [sh`mkdir -m 0700 -- ${operands}`, ...setAttributesSh({ ...wanted, mode: value.mode }, operands)],
    ),
    predicts: paths.map((path) => ({ key: file(path), value })),
    revises: paths.flatMap(folderChanges),
    taints: paths.flatMap(taintsOfFile),
  };
};
