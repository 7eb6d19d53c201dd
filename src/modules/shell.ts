import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { commandParams, placed } from './commands/command-params.ts';
import { type CommandTask, commandFacts, lintCommand, planCommand } from './commands/plan-command.ts';
import { text } from './params/text.ts';

const params = placed(
  z.strictObject({
    cmd: text().describe('Text that the shell runs; many lines may be.'),
    executable: text().default('/bin/sh').describe('The shell: `/bin/bash`.'),
    ...commandParams,
  }),
);

type Params = z.infer<typeof params>;

const taskOf = (p: Params): CommandTask => ({
  params: p,
  run: { text: p.cmd, executable: p.executable },
  cmd: p.cmd,
});

/** A text for a shell. */
export const shell = defineModule({
  name: 'shell',
  summary: 'Runs a text in a shell.',
  examples: `- name: A password is made once
  shell:
    cmd: head -c 32 /dev/urandom | base64 > /etc/app/password
    creates: /etc/app/password

- name: Count workers
  shell: systemctl list-units 'matrix-synapse-worker@*' --plain --no-legend | wc -l
  register: workers
  changed_when: false
`,
  params,
  freeForm: 'cmd',
  detachable: true,
  lint: lintCommand,
  facts: (p, context) => commandFacts(taskOf(p), context),
  plan: (p, facts, context) => planCommand(taskOf(p), facts, context),
});
