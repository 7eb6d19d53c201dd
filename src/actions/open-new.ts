import { posix } from 'node:path';
import type { Sh } from '../model/sh.ts';
import { nameIn } from '../shell/enter-folder.ts';
import { sh } from '../shell/sh.ts';

/** For mktemp, in the folder that was entered. The name's beginning keeps it below 255 bytes whatever the characters. */
export const temporaryName = (path: string): string =>
  `./.${[...posix.basename(path)].slice(0, 50).join('')}.syn-XXXXXX`;

/** As `temporaryName`, with the folder: for a folder that only root may write to. */
export const temporaryPath = (path: string): string => posix.join(posix.dirname(path), temporaryName(path));

/**
 * Opens a file that is not there as descriptor 3, readable by nobody else: noclobber is O_EXCL, so a link in its place is not
 * followed. What is done with the descriptor is done to that file, whatever its name leads to later.
 */
const openNew = (word: Sh): Sh => sh`umask 077
set -C
exec 3>${word}
set +C
umask 022`;

/** Makes the file of a path in the folder that was entered. */
export const openNewFile = (path: string): Sh => openNew(sh`${nameIn(path)}`);

/** Makes a file `$t` beside the path that goes when the action ends, in the folder that was entered. */
export const openTemporary = (path: string): Sh => sh`t=$(mktemp -u -- ${temporaryName(path)})
${openNew(sh`"$t"`)}
trap 'rm -f -- "$t"' EXIT
trap 'exit 1' HUP INT TERM`;
