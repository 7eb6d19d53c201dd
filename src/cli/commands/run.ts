import type { Play } from '../../model/play.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import { askPrompts } from '../ask-prompts.ts';
import type { Flags } from '../dispatch.ts';
import { textFlag } from '../flags.ts';
import type { Io } from '../io.ts';
import { loadProject } from '../load-project.ts';
import { openSecrets, withPassphrases } from '../open-secrets.ts';
import { readProjectRequest } from '../project-request.ts';
import { runProject } from '../run-project.ts';
import { shellWord } from '../shell-word.ts';
import { withoutUnguarded } from '../unguarded.ts';
import { UsageError } from '../usage-error.ts';
import { virtualPlaybook, withoutVirtualPlaces, withVirtualPlaybook } from '../virtual-playbook.ts';

/** A word that stays one, whoever splits the text: the language, Python's rules for `command`, or a shell. */
const quoteWord = (word: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const [, name, value = ''] = /^([A-Za-z_]\w*=)([\s\S]*)$/.exec(word) ?? [];
  if (name !== undefined) return `${name}"${value.replaceAll(/["\\]/g, '\\$&')}"`;
  // A backslash beside a quote means something else to each of them, but not between double quotes.
  const inside = word.replaceAll(/[\\']+/g, (run) => `'"${run.replaceAll('\\', '\\\\')}"'`);
  return `'${inside}'`;
};

/**
 * The arguments as one text. The shell has taken quotes away; a single argument is a text that was quoted as a whole
 * (`shell "ls | wc -l"`) and stays as it is, of several each is one word.
 */
const joinArgs = (args: readonly string[], quote: (word: string) => string): string =>
  args.length === 1 && !/^[A-Za-z_][\w-]*=/.test(args[0] ?? '') ? (args[0] ?? '') : args.map(quote).join(' ');

/** JSON is YAML: nothing of the arguments can be taken for structure. */
const playbookOf = (hosts: string, module: string, args: readonly string[]): string => {
  const task = { name: joinArgs(args, shellWord) || module, [module]: joinArgs(args, quoteWord) || null };
  return JSON.stringify([{ name: 'command line', hosts, gather_facts: false, tasks: [task] }]);
};

const isTelling = ({ entries }: Play): boolean =>
  entries.some((entry) => entry.type === 'task' && entry.module.tells === true);

/** @throws UsageError where `-l` of `ls -l /srv` was read as `--limit` */
const limitOf = (flags: Flags, inventory: string, module: string): string => {
  const limit = textFlag(flags, 'limit') ?? 'all';
  if (limit.startsWith('/'))
    throw new UsageError(
      `-l is --limit, and no host is called "${limit}"; words that begin with a dash come after "--": syn-deploy run ${inventory} ${module} -- …`,
    );
  return limit;
};

/**
 * `run`: one task, on all hosts of the inventory or those of `--limit`; what its actions print is shown, and what
 * it found. Nothing of it is managed from then on.
 *
 * @returns the exit status
 * @throws UsageError, DiagnosticError before any host is contacted
 */
export const run = async (
  inventory: string,
  module: string,
  args: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const text = playbookOf(limitOf(flags, inventory, module), module, args);
  const secrets = await openSecrets(flags, io);
  const files = withVirtualPlaybook(createProjectFiles(secrets), text);
  const mode = flags['check'] === true ? 'check' : 'apply';
  return await withoutVirtualPlaces(async () => {
    const { project, request } = await withPassphrases(secrets, io, async () => {
      const read = readProjectRequest(inventory, [virtualPlaybook], flags, files, io.env);
      const all = { ...read, limit: undefined };
      return { request: all, project: withoutUnguarded(await loadProject(all, files, askPrompts(io))) };
    });
    const tells = project.plays.some(({ play }) => isTelling(play));
    return await runProject({ mode, adHoc: { tells }, project, request, files, secrets, flags, io });
  });
};
