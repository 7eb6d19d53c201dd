import type { DescribedModule } from '../src/report/module-reference.ts';
import { moduleGroups } from './module-groups.ts';

/** The heading's address: `lines-and-settings`. */
export const anchorOf = (group: string): string => group.toLowerCase().replaceAll(' ', '-');

const lineOf = ({ name, summary }: DescribedModule): string => `- [${name}](modules/${name}.md): ${summary}`;

/** The page that leads to all modules, docs/modules.md, group by group. The same modules give the same text. */
export const renderModuleIndex = (described: readonly DescribedModule[]): string => {
  const groups = Object.entries(moduleGroups).flatMap(([group, names]) => [
    '',
    `## ${group}`,
    '',
    ...described.filter(({ name }) => names.includes(name)).map(lineOf),
  ]);
  return [
    '# Modules',
    '',
    'What a task can do. `syn-deploy modules NAME` shows the same in the terminal; [Modules of your own](own-modules.md) tells how to write one.',
    ...groups,
    '',
  ].join('\n');
};
