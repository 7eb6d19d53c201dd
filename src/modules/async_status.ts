import { z } from 'zod';
import { removePath } from '../actions/remove-path.ts';
import { file } from '../facts/files.ts';
import { isJobId, job, jobFolder, jobOf } from '../facts/jobs.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { ranResult } from './commands/plan-command.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  jid: text().describe('The job: `ansible_job_id` of the task that started it.'),
  mode: z
    .enum(['status', 'cleanup'], { error: 'expected status or cleanup' })
    .default('status')
    .describe('`cleanup` takes away what the host keeps of the job, which goes on if it has not ended.'),
});

/** Ansible's words. */
const noJob = (jid: string): TaskFailure =>
  new TaskFailure('could not find job', { ansible_job_id: jid, started: 1, finished: 1 });

const statusOf = (jid: string, facts: Facts, { identity }: TaskContext): TaskPlan => {
  const answer = facts.get(job(jid, identity));
  const found = answer === absent ? undefined : jobOf(answer);
  if (found === undefined) throw noJob(jid);
  const known = { ansible_job_id: jid, results_file: jobFolder(jid), started: 1 };
  if (found.state === 'running') return { actions: [], result: { ...known, finished: 0 } };
  const over = { ...known, finished: 1 };
  if (found.state === 'lost')
    throw new TaskFailure('the job was ended from outside, and has left no result', over);
  const durationMs = found.endedAt.getTime() - found.startedAt.getTime();
  return {
    actions: [],
    result: { ...over, ...ranResult({ params: { strip_empty_ends: true } }, { ...found, durationMs }) },
  };
};

/** What has become of a command that was left running. */
export const asyncStatus = defineModule({
  name: 'async_status',
  summary:
    'Says what has become of a command that was started with `async` and `poll: 0`; it changes nothing, whatever the command did. In check mode no command is started, and there is nothing to ask about.',
  examples: `
- name: Start the export
  command: /opt/app/bin/export --all
  async: 3600
  poll: 0
  register: export

- name: The export has ended
  async_status:
    jid: "{{ export.ansible_job_id }}"
  register: result
  until: result is finished
  retries: 60
  delay: 60

- name: Keep nothing of it
  async_status:
    jid: "{{ export.ansible_job_id }}"
    mode: cleanup
`,
  params,
  tells: true,
  facts({ jid, mode }, { identity }) {
    if (!isJobId(jid)) return [];
    return mode === 'cleanup' ? [file(jobFolder(jid))] : [job(jid, identity)];
  },
  plan({ jid, mode }, facts, context) {
    if (!isJobId(jid)) throw noJob(jid);
    if (mode === 'status') return statusOf(jid, facts, context);
    const place = facts.get(file(jobFolder(jid)));
    return {
      actions: place === absent ? [] : [removePath(jobFolder(jid), place)],
      result: { ansible_job_id: jid, erased: jobFolder(jid) },
    };
  },
});
