import { posix } from 'node:path';
import { z } from 'zod';
import { usualAptSettings } from '../actions/apt-get.ts';
import { removePath } from '../actions/remove-path.ts';
import { updateWithSources } from '../actions/update-with-sources.ts';
import { type AptFile, type AptFolderFact, aptListFiles } from '../facts/apt-folders.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { fileNameOf, parseSourceLine, renderSourceLine } from './apt-sources/source-line.ts';
import { linesOf } from './files/edit-file.ts';
import { installContent } from './files/install-content.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { mode } from './params/mode.ts';
import { text } from './params/text.ts';

const params = z.strictObject({
  repo: text()
    .refine((repo) => !repo.startsWith('ppa:'), {
      error: 'ppa: is for Ubuntu: name the archive and its key with deb822_repository',
      abort: true,
    })
    .refine((repo) => parseSourceLine(repo).isSource && parseSourceLine(repo).isEnabled, {
      error: 'expected a source such as "deb https://deb.example.org/debian bookworm main"',
    })
    .describe('The source as it stands in a .list file: `deb [signed-by=…] URL SUITE COMPONENT…`.'),
  state: z
    .enum(['present', 'absent'], { error: 'expected present or absent' })
    .default('present')
    .describe(
      '`present` also switches on a source that is commented out. `absent` takes it out of every .list file; a file that nothing is left in goes.',
    ),
  filename: text()
    .refine((name) => name !== '' && !/\n/.test(name), { error: 'expected the name of a file' })
    .optional()
    .describe(
      'Name of the file in /etc/apt/sources.list.d, without `.list`. Default: made of the address. A path with a slash stands for itself.',
    ),
  mode: mode().optional().describe('Permissions of a file that is made.'),
  update_cache: boolean()
    .default(true)
    .describe(
      'Update the package lists after a change. Where that fails, the change is taken back and the task fails.',
    ),
  update_cache_retries: integer()
    .default(usualAptSettings.retries)
    .describe('How often a download is tried again.'),
  update_cache_retry_max_delay: integer().default(12).describe('Accepted: apt decides how long it waits.'),
  codename: text().optional().describe("Accepted: it is for Ubuntu's ppa:."),
  install_python_apt: boolean().default(true).describe('Accepted: no Python is needed on hosts.'),
  validate_certs: boolean().default(true).describe("Accepted: it is for Ubuntu's ppa:."),
});

type Params = z.infer<typeof params>;

const sourceOf = (p: Params): string => parseSourceLine(p.repo).source;

/** Where the source goes if it is nowhere yet. */
const ownFile = (p: Params): string => {
  const name = `${p.filename ?? fileNameOf(sourceOf(p))}.list`;
  return name.includes('/') ? name : `/etc/apt/sources.list.d/${name}`;
};

/** The lines of a file with one thing done to those that name the source; undefined: leave it out. */
const edit = (
  { bytes }: AptFile,
  source: string,
  change: (line: string, isEnabled: boolean) => string,
): string =>
  linesOf(new TextDecoder().decode(bytes))
    .map((line) => {
      const parsed = parseSourceLine(line);
      return parsed.isSource && parsed.source === source ? change(line, parsed.isEnabled) : line;
    })
    .join('');

/** Texts of the files that are to be other than they are, by path; '' where nothing is left. */
const wantedFiles = (p: Params, files: AptFolderFact): ReadonlyMap<string, string> => {
  const source = sourceOf(p);
  const edited = files.map((one) => {
    const before = new TextDecoder().decode(one.bytes);
    const after = edit(one, source, (line, isEnabled) => {
      if (p.state === 'absent') return isEnabled ? '' : line;
      return isEnabled ? line : renderSourceLine(parseSourceLine(line));
    });
    return { path: one.path, before, after };
  });
  const changed = new Map(
    edited.filter(({ before, after }) => before !== after).map(({ path, after }) => [path, after]),
  );
  const isThere = files.some((one) => {
    let found = false;
    edit(one, source, (line) => {
      found = true;
      return line;
    });
    return found;
  });
  if (p.state === 'absent' || isThere) return changed;
  const own = edited.find(({ path }) => path === ownFile(p))?.before ?? '';
  const before = own === '' || own.endsWith('\n') ? own : `${own}\n`;
  return new Map([[ownFile(p), `${before}${renderSourceLine({ ...parseSourceLine(p.repo), comment: '' })}`]]);
};

const without = (files: AptFolderFact, path: string): AptFolderFact =>
  files.filter((one) => one.path !== path);

const changeFile = (
  p: Params,
  facts: Facts,
  context: TaskContext,
  [path, after]: readonly [string, string],
): readonly Action[] => {
  const place = resolvePlace(facts, path);
  if (after === '') return place.fact === absent ? [] : [removePath(path, place.fact)];
  const bytes = new TextEncoder().encode(after);
  const wanted = { bytes, mode: place.fact === absent ? p.mode : undefined };
  return installContent(facts, place, wanted, context);
};

const settingsOf = (p: Params) => ({ ...usualAptSettings, retries: p.update_cache_retries });

const plan = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const files = facts.get(aptListFiles);
  const before = files === absent ? [] : files;
  const wanted = [...wantedFiles(p, before)];
  let after: AptFolderFact = before;
  const actions = wanted.flatMap((change, index) => {
    const [path, written] = change;
    after = without(after, path);
    if (written !== '') after = [...after, { path, bytes: new TextEncoder().encode(written) }];
    const predicted = { key: aptListFiles, value: after };
    return changeFile(p, facts, context, change).map((action) => {
      const told = { ...action, predicts: [...action.predicts, predicted] };
      const isLast = index === wanted.length - 1;
      return p.update_cache && isLast ? updateWithSources(told, path, settingsOf(p)) : told;
    });
  });
  const isThere = (path: string): boolean => before.some((one) => one.path === path);
  return {
    actions,
    result: {
      repo: p.repo,
      state: p.state,
      sources_added: wanted.filter(([path]) => !isThere(path)).map(([path]) => path),
      sources_removed: wanted.filter(([, text_]) => text_ === '').map(([path]) => path),
    },
  };
};

/** Repositories in .list files. */
export const aptRepository = defineModule({
  name: 'apt_repository',
  summary: 'Adds a repository of packages to apt, or takes one away.',
  examples: `- name: Redis' own packages
  apt_repository:
    repo: deb [signed-by=/etc/apt/keyrings/redis.asc] https://packages.redis.io/deb bookworm main
    filename: redis

- name: No sources of packages
  apt_repository:
    repo: deb-src https://mirror.example.org/debian bookworm main
    state: absent
    update_cache: false
`,
  params,
  aliases: { 'update-cache': 'update_cache' },
  modes: ['mode'],
  facts: (p) => [
    aptListFiles,
    ...(p.state === 'present'
      ? [file(ownFile(p)), content(ownFile(p)), file(posix.dirname(ownFile(p)))]
      : []),
  ],
  plan,
  claims: (p) =>
    p.state === 'present' ? [{ key: file(ownFile(p)), wanted: { repo: p.repo }, prunable: false }] : [],
});
