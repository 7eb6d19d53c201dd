import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { splitWords } from '../util/split-words.ts';
import { commandParams, placed } from './commands/command-params.ts';
import { type CommandTask, commandFacts, lintCommand, planCommand } from './commands/plan-command.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';

const isSplittable = (line: string): boolean => {
  try {
    return splitWords(line).length > 0;
  } catch {
    return false;
  }
};

const params = placed(
  z
    .strictObject({
      cmd: text()
        .refine(isSplittable, { error: 'expected a command whose quotes close' })
        .optional()
        .describe(
          'Program and arguments; quotes and backslashes as in sh, but no shell looks at it (no `|`, `>`, `*`).',
        ),
      argv: z.array(text()).min(1).optional().describe('Program and arguments as a list, in place of `cmd`.'),
      executable: text()
        .optional()
        .describe('Accepted with a warning, and without effect: no shell looks at the command.'),
      expand_argument_vars: boolean()
        .default(true)
        .describe('Replace `$NAME` and a leading `~` in arguments by what they are on the host.'),
      ...commandParams,
    })
    .refine((p) => p.cmd !== undefined || p.argv !== undefined, { error: 'no command given' })
    .refine((p) => p.cmd === undefined || p.argv === undefined, {
      error: 'only command or argv can be given, not both',
    }),
);

type Params = z.infer<typeof params>;

const taskOf = (p: Params): CommandTask => {
  const words = p.argv ?? splitWords(p.cmd ?? '');
  return { params: p, run: { words, expand: p.expand_argument_vars }, cmd: words };
};

/** A program with its arguments, without a shell. */
export const command = defineModule({
  name: 'command',
  summary: 'Runs a program, without a shell.',
  refusal: { rc: 256 },
  examples: `- name: A key is made once
  command: ssh-keygen -q -t ed25519 -N "" -f /etc/app/key
  args:
    creates: /etc/app/key

- name: The database is migrated when it is old
  command:
    cmd: /opt/app/bin/migrate
    chdir: /opt/app
    unless: /opt/app/bin/migrate --check

- name: Read the version
  command: nginx -v
  register: version
  changed_when: false
`,
  params,
  freeForm: 'cmd',
  detachable: true,
  lint: lintCommand,
  facts: (p, context) => commandFacts(taskOf(p), context),
  plan(p, facts, context) {
    const plan = planCommand(taskOf(p), facts, context);
    if (p.executable === undefined) return plan;
    const warning = `As of Ansible 2.4, the parameter 'executable' is no longer supported with the 'command' module. Not using '${p.executable}'.`;
    return { ...plan, warnings: [warning] };
  },
});
