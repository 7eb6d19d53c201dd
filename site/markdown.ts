import { dirname, join, relative } from 'node:path/posix';
import type { MarkdownOptions } from 'vitepress';
import { root } from './navigation.ts';

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0];
type Token = ReturnType<Markdown['parse']>[number];

/** What of the project's folder is on the site. */
export const onTheSite: readonly string[] = ['docs', 'CHANGELOG.md', 'SECURITY.md'];

const isPage = (path: string): boolean =>
  path.endsWith('.md') && onTheSite.some((name) => path === name || path.startsWith(`${name}/`));

/** Its text alone. */
const unlink = (token: Token): void => {
  Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '' });
};

/**
 * Links between files, from the project's folder on: a page may have another place on the site than in the project. What leads to a
 * file that is no page leads nowhere.
 */
const mendLinks = (tokens: readonly Token[], folder: string): void => {
  let leadsNowhere = false;
  for (const token of tokens) {
    const href = token.type === 'link_open' ? token.attrGet('href') : null;
    if (href !== null && !/^([a-z]+:|#|\/)/.test(href)) {
      const [path = '', anchor] = join(folder, href).split('#');
      leadsNowhere = !isPage(path);
      token.attrSet('href', `/${path}${anchor === undefined ? '' : `#${anchor}`}`);
    }
    if (leadsNowhere && /^link_/.test(token.type)) {
      leadsNowhere = token.type !== 'link_close';
      unlink(token);
    }
  }
};

/**
 * Makes Markdown that is written for a forge fit for the site: no HTML and no Vue are in it, so that `<name>` and `{{ x }}` are text;
 * links lead where they lead there; what scrolls can be reached with the keyboard.
 */
export const asOnAForge = (md: Markdown): void => {
  md.set({ html: false });
  const table = md.renderer.rules['table_open'];
  for (const kind of ['text', 'code_inline'] as const) {
    const rule = md.renderer.rules[kind];
    md.renderer.rules[kind] = (tokens, at, options, env, self) =>
      (rule?.(tokens, at, options, env, self) ?? '').replaceAll('{{', '&#123;&#123;');
  }
  md.renderer.rules['table_open'] = (tokens, at, options, env, self) => {
    tokens[at]?.attrSet('tabindex', '0');
    return table?.(tokens, at, options, env, self) ?? self.renderToken(tokens, at, options);
  };
  // Before links are rendered, which is when dead ones are found.
  md.core.ruler.push('links-of-files', ({ tokens, env }) => {
    const folder = dirname(relative(root, env.realPath ?? env.path));
    for (const { children } of tokens) mendLinks(children ?? [], folder);
  });
};
