import { type Archive, extractSh, openArchive } from '../facts/archives.ts';
import { checksumsBelow } from '../facts/checksums.ts';
import { treesAround } from '../facts/trees.ts';
import type { Action, Change } from '../model/action.ts';
import type { Taint } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** Owner, group and mode for all that is unpacked, the mode as the user wrote it. */
interface UnpackedAttributes {
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: string | undefined;
}

/** Nothing but files of an application is below these. */
const isApart = (dest: string): boolean => /^\/(?:opt|srv|home|tmp|var\/(?:tmp|www))\/./.test(dest);

/** @param places  the folder, by every path that is known of it */
const taintsOf = (places: readonly string[]): readonly Taint[] =>
  places.every(isApart)
    ? places.flatMap((place) => [
        { kind: 'file', under: place },
        { kind: 'content', under: place },
        checksumsBelow(place),
        ...treesAround(place),
      ])
    : ['everything'];

const setAttributes = ({ owner, group, mode }: UnpackedAttributes): readonly Sh[] => {
  const account =
    owner === undefined && group === undefined
      ? undefined
      : `${owner ?? ''}${group === undefined ? '' : `:${group}`}`;
  const commands = [
    ...(account === undefined ? [] : [sh`all | xargs -0 -r chown -h -- ${account}`]),
    ...(mode === undefined
      ? []
      : [
          sh`all_but_links | xargs -0 -r chmod -- ${/^[0-7]+$/.test(mode) ? `0${mode.padStart(4, '0')}` : mode}`,
        ]),
  ];
  if (commands.length === 0) return [];
  return [
    rawSh(`paths() { names; names | sed -n 's/^\\([^/]*\\/\\).*/\\1/p' | sort -u; }
all() { paths | while IFS= read -r n; do f=./\${n%/}; if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\\0' "$f"; fi; done; }
all_but_links() { paths | while IFS= read -r n; do f=./\${n%/}; if [ -e "$f" ] && ! [ -L "$f" ]; then printf '%s\\0' "$f"; fi; done; }`),
    ...commands,
  ];
};

/**
 * Unpacks an archive over what is there, and sets owner, group and mode of what came out of it.
 *
 * @param extracts  false: only the latter
 * @param folder    where links lead from the archive's `dest`
 */
export const unpackArchive = (
  archive: Archive,
  attributes: UnpackedAttributes,
  changes: readonly Change[],
  extracts: boolean,
  folder = archive.dest,
): Action => ({
  kind: 'unpack-archive',
  summary: extracts ? `unpack into ${archive.dest}` : `set attributes in ${archive.dest}`,
  changes,
  sh: joinSh([
    openArchive(archive, rawSh('printf "%s%s\\n" "$1" "$2" >&2; exit 1')),
    ...(extracts ? [extractSh(archive)] : []),
    sh`cd -- ${archive.dest}`,
    ...setAttributes(attributes),
  ]),
  taints: taintsOf([...new Set([archive.dest, folder])]),
  predicts: [],
});
