import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleGroups } from './module-groups.ts';
import { anchorOf } from './module-index.ts';

/** The folder of the project. */
export const root = join(import.meta.dirname, '..');

/** A page in the navigation. */
export interface NavigationPage {
  readonly text: string;
  /** `/docs/start`: the file's path from the project's folder, without its ending. */
  readonly link: string;
}

/** Pages below a title. */
export interface NavigationGroup {
  readonly text: string;
  /** As in `NavigationPage`, with a place in the page: `/docs/modules#files`. */
  readonly link?: string;
  readonly items: readonly (NavigationPage | NavigationGroup)[];
  readonly collapsed?: boolean;
}

const page = (text: string, file: string): NavigationPage => ({
  text,
  link: `/${file.replace(/\.md$/, '')}`,
});

const titleOf = (file: string): string =>
  /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1]?.replaceAll('`', '') ?? file;

const decisions = (): readonly NavigationPage[] =>
  readdirSync(join(root, 'docs/decisions'))
    .toSorted()
    .map((name) => page(titleOf(`docs/decisions/${name}`), `docs/decisions/${name}`));

const modules = (): readonly NavigationGroup[] =>
  Object.entries(moduleGroups).map(([text, names]) => ({
    text,
    // NOTE: vitepress makes a button in a button of a group that can be folded and leads nowhere.
    link: `/docs/modules#${anchorOf(text)}`,
    collapsed: true,
    items: names.map((name) => page(name, `docs/modules/${name}.md`)),
  }));

/** What the site leads to, in this order. */
export const navigation = (): readonly NavigationGroup[] => [
  {
    text: 'Begin',
    items: [
      page('Start in ten minutes', 'docs/start.md'),
      page('How it works', 'docs/how-it-works.md'),
      // The page is written elsewhere: until it is there, nothing leads to it.
      ...(existsSync(join(root, 'docs/from-ansible.md'))
        ? [page('Coming from Ansible', 'docs/from-ansible.md')]
        : []),
    ],
  },
  {
    text: 'Guides',
    items: [
      page('Inventories', 'docs/inventories.md'),
      page('Roles from elsewhere', 'docs/roles.md'),
      page('Blocks and delegation', 'docs/blocks.md'),
      page('Connections', 'docs/connections.md'),
      page('Secrets', 'docs/secrets.md'),
      page('Audits', 'docs/audits.md'),
      page('Testing your playbooks', 'docs/testing-playbooks.md'),
      page('Modules of your own', 'docs/own-modules.md'),
      page('Editors', 'docs/editors.md'),
      page('Troubleshooting: odd hosts', 'docs/troubleshooting.md'),
    ],
  },
  {
    text: 'Matrix homeservers',
    items: [page('From two rented servers', 'docs/synapse.md'), page('Operations', 'docs/operations.md')],
  },
  {
    text: 'Reference',
    items: [page('Keywords', 'docs/keywords.md'), page('All modules', 'docs/modules.md'), ...modules()],
  },
  {
    text: 'The project',
    items: [
      page('Benchmarks', 'docs/benchmarks.md'),
      page('Architecture', 'docs/architecture.md'),
      page('Security', 'SECURITY.md'),
      page('Changes', 'CHANGELOG.md'),
    ],
  },
  { text: 'Decisions', items: decisions() },
];
