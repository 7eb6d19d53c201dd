import {
  includeRoleTexts,
  includeTasksTexts,
  type KeywordTexts,
  keywordTexts,
  loopControlTexts,
  promptTexts,
  structuralTexts,
} from '../src/language/keyword-texts.ts';
import {
  blockIdle,
  blockKeywords,
  blockNotYet,
  loopForms,
  playIdle,
  playKeywords,
  playNotYet,
  roleKeywords,
  taskKeywords,
  taskNotYet,
} from '../src/language/keywords.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);

const places = [playKeywords, roleKeywords, blockKeywords, taskKeywords];

/** Loops have a section of their own. */
const isLoop = (name: string): boolean => loopForms.includes(name);

const rowOf = (name: string): readonly string[] => [
  `\`${name}\``,
  ...places.map((names) => (names.has(name) ? 'yes' : '')),
  keywordTexts[name] ?? '',
];

const listOf = (texts: KeywordTexts): readonly string[] =>
  table(
    ['key', 'what it does'],
    Object.entries(texts).map(([name, text]) => [`\`${name}\``, text]),
  );

const known = (
  ...lists: readonly ReadonlyMap<string, string | undefined>[]
): readonly (readonly string[])[] =>
  [...new Map(lists.flatMap((list) => [...list])).entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, why]) => [`\`${name}\``, why ?? '']);

/** The page of all keys of playbooks that are no modules, docs/keywords.md. */
export const renderKeywordsPage = (): string =>
  [
    '# Keywords',
    '',
    'All keys of a playbook that are no modules. An editor shows the same as you type: [Editors](editors.md). Any other key is an error, with its place',
    'and the nearest name. [Modules](modules.md) has what a task can do.',
    '',
    '## Plays, roles, blocks and tasks',
    '',
    'A keyword of a play, role or block holds for the tasks in it, which may say something else.',
    '',
    ...table(
      ['keyword', 'play', 'role', 'block', 'task', 'what it does'],
      [...new Set(places.flatMap((names) => [...names]))]
        .filter((name) => !isLoop(name))
        .toSorted()
        .map(rowOf),
    ),
    '',
    '## Loops',
    '',
    ...table(
      ['keyword', 'what it does'],
      loopForms.toSorted().map((name) => [`\`${name}\``, keywordTexts[name] ?? '']),
    ),
    '',
    'Keys of `loop_control`:',
    '',
    ...listOf(loopControlTexts),
    '',
    '## Other files, and the order of tasks',
    '',
    ...listOf(structuralTexts),
    '',
    'Of `include_role` and `import_role`:',
    '',
    ...listOf(includeRoleTexts),
    '',
    'Of `include_tasks` and `import_tasks`:',
    '',
    ...listOf(includeTasksTexts),
    '',
    '## Questions: `vars_prompt`',
    '',
    ...listOf(promptTexts),
    '',
    "## Ansible's that have nothing to say here",
    '',
    'They are taken with a warning.',
    '',
    ...table(['keyword', 'why'], known(playIdle, blockIdle)),
    '',
    "## Ansible's that are refused",
    '',
    ...table(['keyword', 'what to do instead'], known(playNotYet, blockNotYet, taskNotYet)),
    '',
  ].join('\n');
