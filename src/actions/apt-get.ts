import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** How apt-get is to be run; what every one of its commands here has in common. */
export interface AptSettings {
  /** Seconds to wait for another apt or dpkg. */
  readonly lockTimeoutSeconds: number;
  /** Options of dpkg without dashes: `force-confold`. */
  readonly dpkgOptions: readonly string[];
  /** Further options of apt-get: `--no-install-recommends`. */
  readonly options: readonly string[];
  /** Exit status of a policy-rc.d that stands while packages are installed (101: start nothing). */
  readonly policyRcD?: number | undefined;
  /** How often a download is tried again. */
  readonly retries: number;
}

/** The settings that Ansible's defaults stand for. */
export const usualAptSettings: AptSettings = {
  lockTimeoutSeconds: 60,
  dpkgOptions: ['force-confdef', 'force-confold'],
  options: [],
  retries: 5,
};

/** `apt-get` with its options, to be followed by a command and names. */
export const aptGet = (settings: AptSettings): Sh =>
  sh`apt-get ${[
    ...['-y', '-q', '-o', `DPkg::Lock::Timeout=${settings.lockTimeoutSeconds}`],
    ...['-o', 'Dpkg::Use-Pty=0', '-o', `Acquire::Retries=${settings.retries}`],
    ...settings.dpkgOptions.flatMap((option) => ['-o', `Dpkg::Options::=--${option}`]),
    ...settings.options,
  ]}`;

/** Stands before what changes packages. */
export const waitForDpkg = rawSh('wait_for_lock /var/lib/dpkg/lock-frontend');

const policy = '/usr/sbin/policy-rc.d';

/** The trap runs at the end of the action's subshell, however it ends; dash needs signals turned into an exit. */
const policyRcD = (status: number): Sh => sh`policy_kept=$(mktemp -d)
restore_policy() {
  rm -f -- ${policy}
  if [ -e "$policy_kept/policy" ]; then mv -- "$policy_kept/policy" ${policy}; fi
  rmdir -- "$policy_kept"
}
if [ -e ${policy} ]; then mv -- ${policy} "$policy_kept/policy"; fi
trap restore_policy EXIT; trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
printf '#!/bin/sh\nexit %s\n' ${status} >${policy}
chmod 0755 ${policy}`;

/**
 * What stands before any work of apt: no questions; a wait for locks (apt itself waits for dpkg's, but says an error of it
 * and of a missing package by the same status, and does not wait for that of the lists); the repair of a dpkg that was
 * cut off, which apt-get refuses to do by itself: packages half unpacked are unpacked again.
 * Defines `update_lists` and `wait_for_lock PATH`, which fails when it has waited too long.
 */
export const aptPreamble = (settings: AptSettings): Sh =>
  joinSh([
    rawSh(
      'export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=l',
    ),
    sh`wait_for_lock() {
  inode=$(stat -c %i -- "$1" 2>/dev/null) || return 0
  waited=0
  while [ "$waited" -lt ${settings.lockTimeoutSeconds} ]; do
    holder=$(while read -r _ _ _ _ pid place _; do
      case $place in *":$inode") echo "$pid"; break ;; esac
    done </proc/locks)
    if [ -z "$holder" ]; then return 0; fi
    holder="process $holder ($(cat "/proc/$holder/comm" 2>/dev/null || echo 'ended just now'))"
    if [ "$waited" = 0 ]; then echo "waiting for $1, held by $holder"; fi
    sleep 1
    waited=$((waited + 1))
  done
  echo "$1 is still held by $holder after ${settings.lockTimeoutSeconds} s; let it come to its end, or wait longer with lock_timeout" >&2
  return 1
}
interrupted() {
  [ -n "$(find /var/lib/dpkg/updates -type f -name '[0-9]*' -print -quit 2>/dev/null)" ] || [ -n "$(dpkg --audit)" ]
}
update_lists() {
  wait_for_lock /var/lib/apt/lists/lock
  ${aptGet(settings)} "$@" update
  touch /var/lib/apt/lists
}
if interrupted; then
  wait_for_lock /var/lib/dpkg/lock-frontend
  if interrupted; then
    echo 'dpkg was interrupted: finishing its work'
    dpkg ${settings.dpkgOptions.map((option) => `--${option}`)} --configure -a || :
    ${aptGet(settings)} --fix-broken install
  fi
fi`,
    ...(settings.policyRcD === undefined ? [] : [policyRcD(settings.policyRcD)]),
  ]);
