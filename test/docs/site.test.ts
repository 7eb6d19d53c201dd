import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { moduleGroups } from '../../site/module-groups.ts';
import { type NavigationGroup, type NavigationPage, navigation } from '../../site/navigation.ts';
import { withDescribed } from '../../src/cli/describe-module.ts';
import { describeCommands } from '../../src/cli/dispatch.ts';
import { optionForm, readOptions } from '../../src/cli/read-options.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import { modules } from '../../src/modules/index.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { type CodeBlock, codeBlocks } from '../support/code-blocks.ts';
import { memoryFiles } from '../support/memory-files.ts';

const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
const onTheSite = [...docs, 'CHANGELOG.md', 'SECURITY.md'];
const pages = ['README.md', ...onTheSite].toSorted();
const texts = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));
const textOf = (page: string): string => texts.get(page) ?? '';
const blocksOf = (page: string): readonly CodeBlock[] => codeBlocks(textOf(page));

describe('the navigation', () => {
  const pagesIn = (item: NavigationGroup | NavigationPage): readonly string[] =>
    'items' in item ? item.items.flatMap(pagesIn) : [`${item.link.slice(1)}.md`];
  const inNavigation = navigation().flatMap(pagesIn);

  test('has every page once, and no other', () => {
    expect(inNavigation.toSorted()).toEqual(onTheSite.filter((page) => page !== 'docs/index.md').toSorted());
  });

  test('has every module in one group (site/module-groups.ts)', () => {
    const names = [...new Set([...withDescribed(modules).values()].map(({ name }) => name))];
    expect(Object.values(moduleGroups).flat().toSorted()).toEqual(names.toSorted());
  });
});

describe('links lead somewhere', () => {
  const proseOf = (page: string): string =>
    textOf(page)
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, '_'));
  const linksOf = (page: string): readonly string[] =>
    [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link));
  /** As forges and the site make them of headings of letters, digits and blanks. */
  const anchorsOf = (page: string): readonly string[] =>
    [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );

  test('links are found', () => {
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(50);
  });

  test.each(pages.filter((page) => linksOf(page).length > 0))('of %s', (page) => {
    const isDead = (link: string): boolean => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : normalize(join(dirname(page), file));
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    };
    expect(linksOf(page).filter(isDead)).toEqual([]);
  });
});

describe('commands are those that there are', () => {
  const { cli } = describeCommands(fakeIo().io);
  /** What is before a command in consoles, units and jobs of CI. */
  const before = /^\s*(?:\$ |- |- run: |ExecStart=|\w+="?\$\()?(syn-deploy .*)$/;
  const inBlock = ({ language, text }: CodeBlock): readonly string[] =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => language !== 'console' || line.startsWith('$ '))
      .flatMap((line) => before.exec(line)?.[1] ?? []);
  const inProse = (page: string): readonly string[] =>
    [...textOf(page).matchAll(/(?<!`)`(syn-deploy [^`]+)`/g)].map(([, command = '']) => command);
  const commandsOf = (page: string): readonly string[] => [
    ...new Set([...blocksOf(page).flatMap(inBlock), ...inProse(page)]),
  ];
  const wordsOf = (command: string): readonly string[] =>
    command
      .replace(/\s(?:[|;<>]|>>|&&|\|\||#).*$/, '')
      .replaceAll(/[;)]+$/g, '')
      .split(/\s+/)
      .slice(1);

  test('they are found', () => {
    expect(pages.flatMap(commandsOf).length).toBeGreaterThan(60);
  });

  test.each(pages.filter((page) => commandsOf(page).length > 0))('in %s', (page) => {
    const mistakes = commandsOf(page).flatMap((written) => {
      const [name = '', ...rest] = wordsOf(written);
      if (/^(--version|--help|[A-Z…])/.test(name)) return [];
      const names = name.split(/[|/]/);
      const command = cli.commands.find((one) => names.includes(one.name));
      if (command === undefined) return [`${written}: no such command`];
      const forms = [...command.options.map(({ rawName }) => optionForm(rawName)), optionForm('-h, --help')];
      try {
        readOptions(rest, name, forms);
        return [];
      } catch (error) {
        return [`${written}: ${(error as Error).message}`];
      }
    });
    expect(mistakes).toEqual([]);
  });
});

describe('playbooks are right', () => {
  /** What is missing where only an excerpt is shown. */
  const ofExcerpts = ['missing-file', 'missing-role', 'unknown-handler'];
  const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ');
  const isTask = (entry: unknown): boolean =>
    typeof entry === 'object' && entry !== null && Object.keys(entry).some((key) => modules.has(key));
  /** A playbook, or one of the tasks that the block is; undefined: the block is neither. */
  const playbookOf = ({ text }: CodeBlock): string | undefined => {
    const entries: unknown = parse(text, { logLevel: 'silent' });
    if (!Array.isArray(entries)) return undefined;
    if (entries.some((entry) => 'hosts' in entry || 'import_playbook' in entry)) return text;
    return entries.some(isTask) ? `- hosts: all\n  tasks:\n${indented(text)}` : undefined;
  };
  const found = pages.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === 'yaml')
      .flatMap((block) => {
        const text = playbookOf(block);
        return text === undefined ? [] : [{ place: `${page}:${block.line}`, text }];
      }),
  );

  test('they are found', () => {
    expect(found.length).toBeGreaterThan(45);
  });

  test.each(found)('$place', ({ text }) => {
    const files = memoryFiles({ 'play.yaml': text });
    const { diagnostics } = loadPlaybook('play.yaml', { files, registry: modules });
    const errors = diagnostics.filter(
      ({ severity, code }) => severity === 'error' && !ofExcerpts.includes(code),
    );
    expect(renderDiagnostics(errors, (file) => files.text(file), { color: false })).toBe('');
  });
});

test('the front page shows what the README shows, which a test runs', () => {
  const readme = blocksOf('README.md').map(({ text }) => text);
  const shown = blocksOf('docs/index.md').map(({ text }) => text);
  expect(shown.length).toBeGreaterThanOrEqual(3);
  expect(shown.filter((text) => !readme.includes(text))).toEqual([]);
});

test('pages are Markdown as forges read it', () => {
  const odd = /^:::|^\[\[toc\]\]|^<script|^<style|^---\n[\s\S]*?\n---\n|<!--@include|^```\w+ ?\{/m;
  expect(pages.filter((page) => odd.test(textOf(page)))).toEqual([]);
});
