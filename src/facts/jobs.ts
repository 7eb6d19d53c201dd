import type { FactKey, Identity } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { type ProbeFact, probe } from './probes.ts';

/** What has become of a command that was started in the background (`async` with `poll: 0`). */
export type Job =
  | { readonly state: 'running' }
  /** Ended without a word: it was killed, or the host was restarted. */
  | { readonly state: 'lost' }
  | {
      readonly state: 'ended';
      readonly exitStatus: number;
      readonly stdout: string;
      readonly stderr: string;
      /** By the host's clock. */
      readonly startedAt: Date;
      readonly endedAt: Date;
    };

/** Folders of jobs begin so, and have the number of the job behind it. In /tmp, since not every account has a home. */
export const jobFolderPrefix = '/tmp/.syn-deploy-job.';

/** As `ansible_job_id`: `j` and two numbers, of which nobody can guess the first. */
export const isJobId = (id: string): boolean => /^j\d+\.\d+$/.test(id);

/** The folder of a job: `pid`, `start`, and once it has ended `end`, `stdout`, `stderr` and `rc`, which comes last. */
export const jobFolder = (id: string): string => `${jobFolderPrefix}${id}`;

/**
 * The fact "what has become of a job", as the account sees it that it ran as: a folder of another account is none of its jobs.
 *
 * Output: `running`, `lost`, or a line `ended STATUS START END` (seconds) and two lines of base64. Status 1: there is no such job.
 */
export const job = (id: string, identity: Identity): FactKey<ProbeFact> => {
  const folder = jobFolder(id);
  return probe(
    `job ${folder} as ${JSON.stringify(identity.user)}`,
    sh`d=${folder}
[ -d "$d" ] && [ -O "$d" ] || exit 1
if [ ! -e "$d/rc" ]; then
  if kill -0 "$(cat "$d/pid" 2>/dev/null)" 2>/dev/null; then echo running; exit; fi
  [ -e "$d/rc" ] || { echo lost; exit; }
fi
echo ended $(cat "$d/rc" "$d/start" "$d/end")
for f in stdout stderr; do base64 -w 0 "$d/$f"; echo; done`,
    { user: identity.user },
  );
};

const decode = (base64: string): string => new TextDecoder().decode(bytesOfBase64(base64));

const dateOf = (seconds: string): Date => new Date(Number(seconds) * 1000);

/** @returns undefined: there is no such job. @throws StrangeOutput */
export const jobOf = ({ exitStatus, stdout }: ProbeFact): Job | undefined => {
  if (exitStatus !== 0) return undefined;
  const text = stdout.trimEnd();
  if (text === 'running') return { state: 'running' };
  if (text === 'lost') return { state: 'lost' };
  const [first = '', out = '', err = ''] = text.split('\n');
  const match = /^ended (\d+) ([\d.]+) ([\d.]+)$/.exec(first);
  if (match === null)
    throw new StrangeOutput(`unexpected line of a job: ${JSON.stringify(first.slice(0, 200))}`);
  const [, status, start = '', end = ''] = match;
  return {
    state: 'ended',
    ...{ exitStatus: Number(status), stdout: decode(out), stderr: decode(err) },
    ...{ startedAt: dateOf(start), endedAt: dateOf(end) },
  };
};
