import { isSelected } from '../../engine/selection.ts';
import type { Entry } from '../../model/play.ts';
import { renderPlace } from '../../model/span.ts';
import type { Flags } from '../dispatch.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import type { TargetedPlay } from '../load-project.ts';
import { readValidProject } from '../offline.ts';
import { selectionOf } from '../run-request.ts';

const nameOf = (entry: Entry): string => {
  if (entry.type === 'meta') return `meta: ${entry.action}`;
  if (entry.type === 'include') return `include_tasks: ${entry.file.text}`;
  return `${entry.moduleName}: ${entry.name?.text ?? ''}`;
};

const renderEntry = (entry: Entry): string => {
  const tags = entry.tags.length === 0 ? '' : ` tags: ${entry.tags.join(', ')}`;
  return `    ${nameOf(entry)} [${renderPlace(entry.span)}]${tags}`;
};

const renderPlay = ({ play, hosts }: TargetedPlay, flags: Flags): readonly string[] => [
  `${play.name} [${renderPlace(play.span)}]`,
  `  hosts (${hosts.length}): ${hosts.map(({ name }) => name).join(', ')}`,
  '  tasks:',
  ...play.entries.filter((entry) => isSelected(entry, selectionOf(flags))).map(renderEntry),
  ...(play.handlers.length === 0 ? [] : ['  handlers:', ...play.handlers.map(renderEntry)]),
];

/** `list`: the plays with their hosts and the tasks that would run. */
export const list = async (
  inventory: string,
  playbooks: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const { project } = readValidProject(inventory, playbooks, flags, io);
  io.stdout.write(`${project.plays.flatMap((play) => renderPlay(play, flags)).join('\n')}\n`);
  return allWell;
};
