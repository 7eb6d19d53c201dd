import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { asOnAForge, onTheSite } from '../markdown.ts';
import { navigation, root } from '../navigation.ts';

export default defineConfig({
  title: 'syn-deploy',
  description: 'Declarative playbooks of idempotent tasks over SSH: observe, plan, act, prove.',
  lang: 'en',
  // Browsers ask for a picture where none is named.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The Markdown lies where people read it without the site: in docs/, and the change log beside it.
  srcDir: root,
  srcExclude: readdirSync(root)
    .filter((name) => !onTheSite.includes(name))
    .flatMap((name) => [name, `${name}/**`]),
  rewrites: { 'docs/index.md': 'index.md' },
  outDir: `${root}/site/dist`,
  cacheDir: `${root}/.cache/site`,
  markdown: {
    config: asOnAForge,
    // The theme's own colours of code are too faint to be read by all.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/docs/start' },
      { text: 'How it works', link: '/docs/how-it-works' },
      { text: 'Modules', link: '/docs/modules' },
      { text: 'Changes', link: '/CHANGELOG' },
    ],
    sidebar: navigation() as never,
  },
});
