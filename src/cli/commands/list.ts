import { isSelected } from '../../engine/selection.ts';
import { matchHosts } from '../../inventory/match-hosts.ts';
import { DiagnosticError } from '../../model/diagnostic.ts';
import type { Inventory } from '../../model/host.ts';
import type { Entry, Handler, Play, Task } from '../../model/play.ts';
import { renderPlace } from '../../model/span.ts';
import { jsonText } from '../../util/json-text.ts';
import { printableLine } from '../../util/printable.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import type { Flags } from '../dispatch.ts';
import { allWell } from '../exit-status.ts';
import { choiceFlag, textFlag } from '../flags.ts';
import type { Io } from '../io.ts';
import { readInventory, type TargetedPlay } from '../load-project.ts';
import { readValidProject } from '../offline.ts';
import { openSecrets } from '../open-secrets.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { selectionOf } from '../run-request.ts';

interface ListedTask {
  readonly name: string;
  /** `include_tasks` and `meta` stand for themselves. */
  readonly module: string;
  readonly role: string | null;
  readonly tags: readonly string[];
  /** `file:line:column` */
  readonly source: string;
}

interface ListedPlay {
  readonly name: string;
  readonly source: string;
  readonly hosts: readonly string[];
  readonly tasks: readonly ListedTask[];
  readonly handlers: readonly ListedTask[];
}

const listTask = (task: Task | Handler): ListedTask => ({
  name: task.name?.text ?? task.moduleName,
  module: task.moduleName,
  role: task.role?.name ?? null,
  tags: [...new Set(task.tags)],
  source: renderPlace(task.span),
});

const listEntry = (entry: Entry): ListedTask => {
  if (entry.type === 'task') return listTask(entry);
  const place = { tags: [...new Set(entry.tags)], source: renderPlace(entry.span) };
  if (entry.type === 'meta') return { name: entry.action, module: 'meta', role: null, ...place };
  // What it brings is read when its turn comes: its file may hang on the host.
  const name = entry.name?.text ?? entry.file.text;
  return { name, module: 'include_tasks', role: entry.role?.name ?? null, ...place };
};

/** Reads a file of `vars_files` whose name hangs on the host: the play says so, and no task of it. */
const isPreparation = (entry: Entry): boolean => entry.type === 'task' && entry.prepares === true;

/** The turn of the handlers between the sections of a play, which nobody wrote. */
const isImplied = (entry: Entry, { span }: Play): boolean => entry.type === 'meta' && entry.span === span;

const listPlay = ({ play, hosts }: TargetedPlay, flags: Flags): ListedPlay => {
  const selection = selectionOf(flags);
  return {
    name: play.name,
    source: renderPlace(play.span),
    hosts: hosts.map(({ name }) => name),
    tasks: play.entries
      .filter((entry) => isSelected(entry, selection) && !isImplied(entry, play) && !isPreparation(entry))
      .map(listEntry),
    handlers: play.handlers.map(listTask),
  };
};

const renderTask = ({ name, module, role, tags, source }: ListedTask): string => {
  const notes = [tags.length === 0 ? '' : `  tags: ${tags.join(', ')}`, `  [${source}]`].join('');
  return `    ${module}: ${role === null ? '' : `${role} : `}${name}${notes}`;
};

const renderPlay = ({ name, source, hosts, tasks, handlers }: ListedPlay): readonly string[] => [
  `${name}  [${source}]`,
  `  hosts (${hosts.length}): ${hosts.length === 0 ? 'none' : hosts.join(', ')}`,
  `  tasks (${tasks.length}):`,
  ...tasks.map(renderTask),
  ...(handlers.length === 0
    ? []
    : [`  handlers, when notified (${handlers.length}):`, ...handlers.map(renderTask)]),
];

/** Groups with their hosts, those of groups in them too. @throws DiagnosticError for a limit that means nothing */
const renderInventory = (inventory: Inventory, limit: string | undefined, form: 'text' | 'json'): string => {
  const { hosts, diagnostics } = matchHosts(limit ?? 'all', inventory);
  if (limit !== undefined && diagnostics.some(({ severity }) => severity === 'error'))
    throw new DiagnosticError(diagnostics);
  const groups = [...inventory.groups].map(([name, members]) => ({
    name,
    hosts: members.filter((host) => hosts.includes(host)),
  }));
  if (form === 'json') return `${jsonText({ version: 1, hosts, groups })}\n`;
  const shown = groups.filter((group) => group.hosts.length > 0);
  const lines = shown.flatMap((group) => [
    `${group.name} (${group.hosts.length})`,
    ...group.hosts.map((host) => `  ${host}`),
  ]);
  return `${(lines.length === 0 ? ['no hosts'] : lines).map(printableLine).join('\n')}\n`;
};

/** `list`: the plays with their hosts and the tasks that would run. @throws UsageError, DiagnosticError */
export const list = async (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const form = choiceFlag(flags, 'output', '--output', ['text', 'json']) ?? 'text';
  if (playbooks.length === 0) {
    const files = createProjectFiles(await openSecrets(flags, io));
    const read = readInventory(inventory, files);
    if (read.inventory.playbooks.length === 0) {
      printDiagnostics(read.warnings, io);
      io.stdout.write(renderInventory(read.inventory, textFlag(flags, 'limit'), form));
      return allWell;
    }
  }
  const { project, warnings } = await readValidProject(inventory, playbooks, flags, io);
  const others = warnings.filter(({ code }) => code !== 'unguarded-command');
  if (others.length > 0) printDiagnostics(others, io);
  const plays = project.plays.map((play) => listPlay(play, flags));
  const shown = io.mask?.value(plays) ?? plays;
  io.stdout.write(
    form === 'json'
      ? `${jsonText({ version: 1, plays: shown })}\n`
      : `${shown.flatMap(renderPlay).map(printableLine).join('\n')}\n`,
  );
  return allWell;
};
