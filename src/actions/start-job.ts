import { jobFolderPrefix } from '../facts/jobs.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** Seconds that a job has for its end once it was told that its time is over. */
const graceSeconds = 10;

/** What a job runs: the command, with a limit, and notes of how it went. */
const body = (limitSeconds: number) => sh`d=$1
rm -f -- "$d/job"
date +%s.%N >"$d/start"
timeout -k ${graceSeconds} ${limitSeconds} sh -- "$d/command" >"$d/stdout" 2>"$d/stderr" </dev/null
rc=$?
rm -f -- "$d/command"
date +%s.%N >"$d/end"
echo "$rc" >"$d/rc.new"
mv -f -- "$d/rc.new" "$d/rc"`;

/**
 * Starts a command in a session of its own, and goes on without it: it outlives the script, the line and the run. Prints the number
 * of the job (`async_status`). It may do anything at any time, so nothing is certain after it, nor is anything that its guards say.
 *
 * Only the account that it runs as can read what it is and what it prints; nothing of it is in an argument list.
 *
 * @param command       an action that is one command, without anything to clean up
 * @param limitSeconds  after which it is ended
 */
export const startJob = (command: Action, limitSeconds: number): Action => {
  const summary = command.summary.replace(/^run /, 'start ');
  return {
    kind: 'start-job',
    summary: `${summary} in the background`,
    changes: [{ summary: `${summary} in the background` }],
    sh: sh`id=j$(od -A n -N 8 -t u8 /dev/urandom | tr -d ' \n').$$
d=${jobFolderPrefix}$id
mkdir -m 0700 -- "$d"
printf '%s\n' ${command.sh.sh} >"$d/command"
printf '%s\n' ${body(limitSeconds).sh} >"$d/job"
setsid sh -- "$d/job" "$d" </dev/null >/dev/null 2>&1 9>&- & echo $! >"$d/pid"
printf '%s\n' "$id"`,
    predicts: [],
    taints: ['everything'],
    unprovable: true,
    temporary: 'results_file',
    capture: true,
  };
};
