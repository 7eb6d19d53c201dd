import { treesAround } from '../facts/trees.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** A file or folder of a name that nobody can guess. */
export interface Temporary {
  readonly state: 'file' | 'directory';
  /** undefined: `$TMPDIR`, or /tmp. */
  readonly folder: string | undefined;
  readonly prefix: string;
  readonly suffix: string;
}

/** Makes it, and prints its path: another one each time. */
export const makeTemporary = ({ state, folder, prefix, suffix }: Temporary): Action => {
  const where = folder ?? '$TMPDIR or /tmp';
  return {
    kind: 'make-temporary',
    summary: `create a temporary ${state} in ${where}`,
    changes: [{ summary: `create ${where}/${prefix}…${suffix} (temporary ${state})` }],
    sh: sh`${folder === undefined ? sh`d=\${TMPDIR:-/tmp}` : sh`d=${folder}`}
mktemp ${state === 'directory' ? ['-d'] : []} -p "$d" --suffix=${suffix} -- ${`${prefix}XXXXXXXX`}`,
    predicts: [],
    taints: folder === undefined ? [{ kind: 'tree' }] : treesAround(`${folder}/x`),
    unprovable: true,
    temporary: 'path',
    capture: true,
  };
};
