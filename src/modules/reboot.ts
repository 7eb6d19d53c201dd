import { z } from 'zod';
import { rebootHost } from '../actions/done-here.ts';
import { defineModule } from '../model/module.ts';
import { integer } from './params/integer.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const seconds = () => integer().refine((value) => value >= 0, { error: 'expected a number, 0 or more' });

const params = z.strictObject({
  reboot_timeout: seconds()
    .default(600)
    .describe('Seconds that the restart may take, and then again the test.'),
  test_command: text().default('whoami').describe('sh command that succeeds once the host is ready.'),
  pre_reboot_delay: seconds().default(0).describe('Seconds before the restart; whole minutes of it count.'),
  post_reboot_delay: seconds().default(0).describe('Seconds before it is looked whether the host is back.'),
  msg: text().default('Reboot initiated by Ansible').describe('What users of the host are told.'),
  reboot_command: text().optional().describe('sh command that restarts the host. Default: shutdown -r.'),
  boot_time_command: text()
    .default('cat /proc/sys/kernel/random/boot_id')
    .describe('sh command that says something else after each start of the host.'),
  connect_timeout: seconds()
    .optional()
    .describe('Accepted: how long one login may take is a matter of the connection (`--timeout`).'),
  search_paths: textList().default([]).describe('Accepted: shutdown is where it is on Debian.'),
});

/** Restarts the host. */
export const reboot = defineModule({
  name: 'reboot',
  summary:
    'Restarts the host and waits until it has: it shows another boot id, and a test command succeeds. It does so whenever it is run: use it with `when`, or as a handler.',
  examples: `
- name: A new kernel wants a restart
  reboot:
    reboot_timeout: 300
  when: kernel is changed
`,
  params,
  facts: () => [],
  plan(task) {
    const minutes = Math.floor(task.pre_reboot_delay / 60);
    const step = {
      command: task.reboot_command,
      minutes,
      message: task.msg,
      bootId: task.boot_time_command,
      test: task.test_command,
      afterSeconds: task.post_reboot_delay + minutes * 60,
      timeoutSeconds: task.reboot_timeout,
    };
    return {
      actions: [rebootHost(step)],
      result: { rebooted: true },
      finish: ([outcome]) => ({
        rebooted: outcome?.exitStatus === 0,
        elapsed: Math.round((outcome?.durationMs ?? 0) / 1000),
      }),
    };
  },
});
