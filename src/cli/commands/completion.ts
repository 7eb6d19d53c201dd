import type { cac } from 'cac';
import { loadInventory } from '../../inventory/load-inventory.ts';
import { loadPlaybook } from '../../language/load-playbook.ts';
import { modules } from '../../modules/index.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import {
  type Candidate,
  type Completion,
  type CompletionSources,
  complete,
} from '../completion/candidates.ts';
import { outlineOf } from '../completion/outline.ts';
import { completionScripts } from '../completion/scripts.ts';
import { withDescribed } from '../describe-module.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { unknownChoice } from '../unknown-choice.ts';

const described = (texts: Iterable<string>, description: string): readonly Candidate[] =>
  [...texts].map((text) => ({ text, description }));

/** NOTE: executable inventories are not run, and nothing that is encrypted is opened, because a key was pressed. */
const readQuietly = (inventory: string) => loadInventory(inventory, createProjectFiles()).inventory;

const sources: CompletionSources = {
  modules: async () =>
    [...withDescribed(modules)]
      .map(([text, { summary }]) => ({ text, description: summary }))
      .toSorted(byText),
  hosts: async (path) => {
    const inventory = readQuietly(path);
    if (inventory === undefined) return [];
    return [...described(inventory.groups.keys(), 'group'), ...described(inventory.hosts.keys(), 'host')];
  },
  tags: async (path, named) => {
    const playbooks = named.length > 0 ? named : (readQuietly(path)?.playbooks ?? []);
    const files = createProjectFiles();
    const plays = playbooks.flatMap((playbook) => loadPlaybook(playbook, { files, registry: modules }).plays);
    const tags = plays.flatMap(({ entries, handlers }) =>
      [...entries, ...handlers].flatMap((one) => one.tags),
    );
    return described([...new Set(tags)].toSorted(), '');
  },
};

const byText = (a: Candidate, b: Candidate): number => (a.text < b.text ? -1 : 1);

/** A line a candidate: its text, and behind a tab what it is; `:files` for names of files. */
export const renderCompletion = (completion: Completion): string =>
  completion === 'files'
    ? ':files\n'
    : completion.map(({ text, description }) => `${text}\t${description}\n`).join('');

/**
 * `completion SHELL`: a script for the shell. What that script calls is `completion words -- WORD…`.
 *
 * @throws UsageError
 */
export const completion = async (
  shell: string,
  line: readonly string[],
  cli: ReturnType<typeof cac>,
  io: Io,
): Promise<number> => {
  if (shell === 'words') {
    try {
      io.stdout.write(renderCompletion(await complete(line, outlineOf(cli), sources)));
    } catch {
      // Whatever is wrong with the project, it is not told in the middle of a line that is being typed.
    }
    return allWell;
  }
  const script = completionScripts[shell];
  if (script === undefined) throw unknownChoice('the shell', shell, Object.keys(completionScripts));
  io.stdout.write(script);
  return allWell;
};
