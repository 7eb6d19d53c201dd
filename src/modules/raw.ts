import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { type CommandTask, commandFacts, planCommand } from './commands/plan-command.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  cmd: text().describe('Text that the shell runs.'),
  executable: text().default('/bin/sh').describe('The shell: `/bin/bash`.'),
});

type Params = z.infer<typeof params>;

const taskOf = ({ cmd, executable }: Params): CommandTask => ({
  params: {
    ...{ creates: undefined, removes: undefined, unless: [], onlyif: [], chdir: undefined, stdin: undefined },
    ...{ stdin_add_newline: true, strip_empty_ends: false },
  },
  run: { text: cmd, executable },
  cmd,
});

/** A text for a shell, with nothing around it. */
export const raw = defineModule({
  name: 'raw',
  summary:
    'Runs a text in a shell. As `shell`, which has more parameters: no module needs anything but sh on a host.',
  examples: `
- raw: uptime
  changed_when: false
`,
  params,
  freeForm: 'cmd',
  facts: (p, context) => commandFacts(taskOf(p), context),
  plan: (p, facts, context) => planCommand(taskOf(p), facts, context),
});
