import { z } from 'zod';
import { runScript } from '../actions/run-script.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
import { splitWords } from '../util/split-words.ts';
import {
  type CommandTask,
  commandFacts,
  lintCommand,
  planGuarded,
  reasonAgainst,
} from './commands/plan-command.ts';
import { text } from './params/text.ts';

const isSplittable = (line: string): boolean => {
  try {
    return splitWords(line).length > 0;
  } catch {
    return false;
  }
};

const params = z.strictObject({
  cmd: text()
    .refine(isSplittable, { error: 'expected a script, and arguments whose quotes close' })
    .describe('A script of the project (below `files/`), and its arguments.'),
  executable: text().optional().describe('What runs it. Default: what its first line (`#!`) says.'),
  chdir: text().optional().describe('Folder to run in.'),
  creates: text().optional().describe('Path or pattern; where something is there, it is not run.'),
  removes: text().optional().describe('Path or pattern; where nothing is there, it is not run.'),
});

type Params = z.infer<typeof params>;

/** Its guards are those of a command. */
const taskOf = ({ cmd, chdir, creates, removes }: Params): CommandTask => ({
  params: {
    ...{ chdir, creates, removes, unless: [], onlyif: [] },
    ...{ stdin: undefined, stdin_add_newline: true, strip_empty_ends: false },
  },
  run: { words: splitWords(cmd), expand: false },
  cmd,
});

/** `changed_when: false` does not make a script a mere look: it is run once, in its turn. */
const acting = (context: TaskContext): TaskContext => ({ ...context, readOnly: false });

/** Unlike a command that is not needed, such a script counts as skipped by Ansible. */
const skipped = (against: string): Readonly<Record<string, unknown>> => {
  const said = against.replaceAll(/^'|'(?= (?:exists|does not exist)$)/g, '');
  return {
    changed: false,
    skipped: true,
    msg: `${said}, matching ${said.endsWith(' exists') ? 'creates' : 'removes'} option`,
  };
};

/** A script that is not on the host. */
export const script = defineModule({
  name: 'script',
  summary: 'Runs a script of the project on the host; it is taken away again.',
  examples: `
- script: make-keys.sh --bits 4096
  args:
    creates: /etc/app/key
`,
  params: params.refine(
    (given) =>
      [given.creates, given.removes].every((path) => /^[/~$]/.test(path ?? '/') || given.chdir !== undefined),
    {
      error: 'expected an absolute path in creates and removes, or chdir beside a relative one',
    },
  ),
  freeForm: 'cmd',
  lint: (p, task) => lintCommand(taskOf(p).params, task),
  facts: (p, context) => commandFacts(taskOf(p), acting(context)),
  plan(p, facts, context) {
    const against = reasonAgainst(taskOf(p), facts, acting(context));
    if (against !== undefined) return { actions: [], result: skipped(against) };
    return planGuarded(taskOf(p), facts, acting(context), (shown, effects) => {
      const [name = '', ...args] = splitWords(p.cmd);
      const { bytes } = context.readFile(name, 'files');
      const { executable, chdir } = p;
      return runScript({ name, bytes, args, executable, chdir }, shown, effects);
    });
  },
});
