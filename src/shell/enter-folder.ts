import { posix } from 'node:path';
import type { Sh } from '../model/sh.ts';
import { rawSh, sh } from './sh.ts';

/**
 * sh that goes into a folder, or ends the action, so that what follows can name what is in it by `./name`: a folder that
 * another account puts a link in the place of cannot lead it elsewhere then. Builtins only, where there is no link on the way.
 *
 * Where there is one the shell's folder is not what the path says, and `syn_enter` goes down the path by itself.
 *
 * @see docs/decisions/0011-names-in-a-folder.md
 */
export const enterFolder = (folder: string): Sh => sh`cd -P -- ${folder}
[ "$PWD" = ${folder} ] || syn_enter ${folder}`;

/** sh that goes into the folder of a path. What is at the path is `nameIn` then. */
export const enterFolderOf = (path: string): Sh => enterFolder(posix.dirname(path));

/** The name of a path in its folder, as a word that is no option. */
export const nameIn = (path: string): string => `./${posix.basename(path)}`;

/**
 * Goes down a path one name after another, and follows a link where
 * - nobody but root and the account itself could have made it: its folder is theirs, and others may not write there, or it is theirs in a folder
 *   with a sticky bit; or
 * - the folder that is reached in the end belongs to whoever may have made it: they could write there anyway.
 *
 * NOTE: a name may be another thing a moment after it was looked at. So a folder that is entered is compared with where it should be, and what a link
 * of others says is not believed: who owns the folder that is reached is asked last.
 */
const functions = rawSh(`syn_refuse() {
  printf 'nothing was done in %s: %s\\n' "$syn_path" "$1" >&2
  exit 1
}
syn_judge() {
  set -- "$1" $(stat -c '%u %a' -- . "./$1")
  [ $# = 5 ] || syn_refuse "$syn_at/$1 was replaced in the same moment"
  case $2 in 0 | "$syn_me")
    [ $((0$3 & 022)) != 0 ] || return 0
    case $4 in 0 | "$syn_me") [ $((0$3 & 01000)) = 0 ] || return 0 ;; esac
    ;;
  esac
  syn_link="$syn_at/$1"
  if [ "$2" != 0 ]; then syn_owners="$syn_owners $2"; fi
  case $4 in 0 | "$syn_me") ;; *) syn_owners="$syn_owners $4" ;; esac
  [ -n "$syn_owners" ] || syn_refuse "others may change the link $syn_link; have root own its folder, or name the folder that it leads to"
}
syn_follow() {
  syn_links=$((syn_links + 1))
  [ "$syn_links" -le 40 ] || syn_refuse 'too many levels of symbolic links'
  syn_judge "$1"
  syn_target=$(readlink -n -- "./$1" && echo .) || syn_refuse "$syn_at/$1 was replaced in the same moment"
  syn_left=\${syn_target%.}/$syn_left
  case $syn_target in /*) cd -P / ;; esac
}
syn_descend() {
  cd -P -- "./$1" || exit 1
  [ "\${PWD%/}" = "$2" ] || syn_refuse "$syn_at/$1 was replaced in the same moment"
}
syn_enter() {
  syn_path=$1 syn_left=$1/ syn_links=0 syn_owners= syn_link=
  syn_me=$(id -u)
  cd -P /
  while [ -n "$syn_left" ]; do
    syn_name=\${syn_left%%/*}
    syn_left=\${syn_left#*/}
    syn_at=\${PWD%/}
    case $syn_name in
    '' | .) ;;
    ..) syn_descend .. "\${syn_at%/*}" ;;
    *) if [ -L "./$syn_name" ]; then syn_follow "$syn_name"; else syn_descend "$syn_name" "$syn_at/$syn_name"; fi ;;
    esac
  done
  for syn_owner in $syn_owners; do
    [ "$(stat -c %u -- .)" = "$syn_owner" ] || syn_refuse "it leads to $PWD, by the link $syn_link that others may change, and that folder is not theirs; have root own the folder of the link, or name the folder that it leads to"
  done
}`);

/** What has to stand before a text that enters folders, once a shell; undefined where it enters none. */
export const folderFunctions = (text: Sh): Sh | undefined =>
  text.sh.includes('syn_enter ') ? functions : undefined;
