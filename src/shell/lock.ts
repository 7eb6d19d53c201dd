import type { Sh } from '../model/sh.ts';
import { rawSh, sh } from './sh.ts';

/** Who wants to be the only one that changes a host. */
export interface Lock {
  /** sh for the folder of the lock and of waves: the account's own, and gone with a restart of the host where that can be. */
  readonly folder: Sh;
  /** The run; nobody else can guess it. */
  readonly run: string;
  /** Name of the host in the run: a machine may have several. A word. */
  readonly host: string;
  /** Who, from where, since when, with what; one line for whoever is kept waiting. */
  readonly holder: string;
  /** How long another is waited for. */
  readonly timeoutS: number;
  /** The run has had the lock: when it is not held any more, what was seen may have changed since. */
  readonly isHeld: boolean;
}

/** Where root's are. It belongs to root alone, and a restart empties it. @see file-hierarchy(7), /run */
export const lockFolder = (isRoot: boolean): Sh =>
  rawSh(isRoot ? '/run/syn-deploy' : '"$HOME"/.local/state/syn-deploy/run');

/**
 * sh that takes the lock, once a shell, and defines `goes_on`: whether the script may do what it came for. To be behind `prologue`.
 *
 * The lock is flock(2) on descriptor 9 of the shell, and of the wave that it starts: it is free as soon as both have ended, however
 * they did. A wave that is done and waits for its run to come back (`wave.ts`) gives way within a second. A shell of ours that hangs on a lost line is
 * ended; another of ours, where one machine has several names, shares.
 *
 * Marks: `locked HOLDER`, when it has to be waited for, and `free`; `refused HOLDER`; `unlockable WHY`; `stale`.
 */
export const takeLock = ({ folder, run, host, holder, timeoutS, isHeld }: Lock): Sh => sh`syn_run=${folder}
syn_why=
take_lock() {
  syn_why=$( (umask 077; mkdir -p "$syn_run" && : >>"$syn_run/lock") 2>&1 ) || {
    mark unlockable "$(printf %s "$syn_why" | tr -s '[:cntrl:]' ' ')"
    return 1
  }
  syn_why=
  exec 9>>"$syn_run/lock"
  if ! flock -n 9; then
    syn_holder=
    read -r syn_holder <"$syn_run/holder"
    case $syn_holder in
    ${run}' '${host}' '*)
      syn_pid=\${syn_holder#* * }
      kill -s KILL "\${syn_pid%% *}" 2>/dev/null
      ;;
    ${run}' '*)
      syn_lock=${run}
      return 0
      ;;
    esac
    : >"$syn_run/wanted"
    if ! flock -w 2 9; then
      [ ${timeoutS} = 0 ] || mark locked "\${syn_holder#* * * }"
      flock -w ${timeoutS} 9 || {
        mark refused "\${syn_holder#* * * }"
        exec 9>&-
        return 1
      }
      mark free
    fi
    rm -f "$syn_run/wanted"
  fi
  printf '%s\n' "${rawSh(`${run} ${host} $$ `)}"${holder} >"$syn_run/holder"
  rm -rf "$syn_run"/wave.*
  syn_lock=${run}
  ${rawSh(isHeld ? 'mark stale; return 1' : 'return 0')}
}
if [ "\${syn_lock-}" = ${run} ] || take_lock; then
  goes_on() { :; }
else
  goes_on() { false; }
fi`;
