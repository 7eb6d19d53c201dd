import { posix } from 'node:path';
import { z } from 'zod';
import type { ProbeFact } from '../facts/probes.ts';
import {
  type FoundFile,
  fileAnswers,
  parseFileAnswers,
  parseSearch,
  type SearchFact,
  search,
} from '../facts/searches.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { kindOf, permissionsOf } from './files/stat-result.ts';
import { amount } from './params/amount.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { mode, resolveMode } from './params/mode.ts';
import { pythonRegex } from './params/python-regex.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const bytes = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

const isRegex = (source: string): boolean => {
  try {
    return pythonRegex(source) instanceof RegExp;
  } catch {
    return false;
  }
};

const params = z.strictObject({
  paths: textList()
    .refine((paths) => paths.every((path) => /^[/~$]/.test(path)), {
      error: 'expected absolute paths on the host',
    })
    .describe('Folders to search; `~` and `$NAME` are those of the account that looks.'),
  patterns: textList()
    .default([])
    .describe('Names of what is found: sh patterns, or with `use_regex` Python expressions. One must match.'),
  excludes: textList().default([]).describe('Of those that `patterns` match, these are left out.'),
  use_regex: boolean().default(false).describe('`patterns` and `excludes` are Python expressions.'),
  contains: text()
    .refine(isRegex, { error: 'not a regular expression' })
    .optional()
    .describe(
      "Only files with a line that begins with this expression (with `read_whole_file`: that have it anywhere). Read by grep -P, whose syntax is nearly Python's.",
    ),
  read_whole_file: boolean().default(false).describe('`contains` is searched in the file as a whole.'),
  file_type: z
    .enum(['file', 'directory', 'link', 'any'], { error: 'expected file, directory, link or any' })
    .default('file')
    .describe('What is looked for.'),
  age: amount(seconds, 'expected an age such as 3d or -1h')
    .optional()
    .describe('At least this old, negative: at most. Seconds, or with s, m, h, d, w.'),
  age_stamp: z
    .enum(['mtime', 'atime', 'ctime'], { error: 'expected mtime, atime or ctime' })
    .default('mtime')
    .describe('Which time `age` is about.'),
  size: amount(bytes, 'expected a size such as 10m or -1k')
    .optional()
    .describe('At least this large, negative: at most. Bytes, or with b, k, m, g, t.'),
  recurse: boolean().default(false).describe('Search the folders below, too.'),
  depth: integer()
    .refine((levels) => levels >= 0, { error: 'expected a number of levels' })
    .optional()
    .describe('With `recurse`: how many levels.'),
  hidden: boolean().default(false).describe('Names that begin with a dot, too.'),
  follow: boolean().default(false).describe('Go into links to folders.'),
  get_checksum: boolean().default(false).describe('Give the SHA-1 checksum of files.'),
  mode: mode().optional().describe('Only these permissions: octal in quotes ("0644") or symbolic.'),
  exact_mode: boolean().default(true).describe('False: one of the bits of `mode` is enough.'),
  limit: integer()
    .refine((most) => most > 0, { error: 'expected a number, 1 or more' })
    .optional()
    .describe('How many are found at most.'),
  encoding: z
    .string()
    .regex(/^utf-?8$/i, { error: 'only utf-8 is known' })
    .optional()
    .describe('Of the files that `contains` looks into.'),
});

type Params = z.infer<typeof params>;

/** How deep what is found may lie; Ansible counts among what it has looked at the things one level below, too. */
const levelsOf = ({ recurse, depth }: Params): { most: number; searched: number | undefined } => {
  if (!recurse) return { most: 1, searched: 1 };
  return depth
    ? { most: depth, searched: depth + 1 }
    : { most: Number.POSITIVE_INFINITY, searched: undefined };
};

const searches = (task: Params, { identity }: TaskContext): readonly FactKey<ProbeFact>[] =>
  task.paths.map((folder) =>
    search({ folder, depth: levelsOf(task).searched, follow: task.follow }, identity),
  );

const matchesAny = (name: string, patterns: readonly string[], { use_regex }: Params): boolean =>
  patterns.some((pattern) =>
    // Python's re.match: from the beginning, not to the end.
    use_regex ? pythonRegex(`(?:${pattern})`).exec(name)?.index === 0 : matchesGlob(name, pattern),
  );

const isNamed = (name: string, task: Params): boolean =>
  (task.patterns.length === 0 || matchesAny(name, task.patterns, task)) &&
  !matchesAny(name, task.excludes, task);

/** Positive: at least; negative: at most. */
const isWithin = (value: number, wanted: number | undefined): boolean =>
  wanted === undefined || (wanted >= 0 ? value >= wanted : value <= -wanted);

const hasMode = (file: FoundFile, task: Params): boolean => {
  if (task.mode === undefined) return true;
  const wanted = resolveMode(task.mode, '0000', file.type === 'directory');
  if (task.exact_mode) return file.mode === wanted;
  return (Number.parseInt(file.mode, 8) & Number.parseInt(wanted, 8)) !== 0;
};

const isWanted = (file: FoundFile, now: number, task: Params): boolean =>
  file.depth <= levelsOf(task).most &&
  (task.hidden || !posix.basename(file.path).startsWith('.')) &&
  (task.file_type === 'any' || file.type === task.file_type) &&
  isNamed(posix.basename(file.path), task) &&
  isWithin(now - file[task.age_stamp], task.age) &&
  (file.type !== 'file' || isWithin(file.sizeBytes, task.size)) &&
  hasMode(file, task);

/** As Python walks: the things in a folder before those below it, files before folders. */
const walked = (files: readonly FoundFile[]): readonly FoundFile[] =>
  files.toSorted((a, b) => a.depth - b.depth);

const describe = (file: FoundFile): Record<string, unknown> => ({
  path: file.path,
  mode: file.mode,
  ...kindOf(file.type),
  uid: file.uid,
  gid: file.gid,
  size: file.sizeBytes,
  inode: file.inode,
  dev: file.device,
  nlink: file.links,
  atime: file.atime,
  mtime: file.mtime,
  ctime: file.ctime,
  pw_name: file.owner,
  gr_name: file.group,
  ...permissionsOf(Number.parseInt(file.mode, 8)),
});

const read = (facts: Facts, key: FactKey<ProbeFact>): SearchFact => {
  const answer = facts.get(key);
  if (answer === absent || answer.exitStatus !== 0)
    throw new TaskFailure(
      answer === absent ? 'nothing was searched' : `the search failed: ${answer.stderr.trim()}`,
    );
  return parseSearch(answer.stdout);
};

/** Looks into the files, where that is asked for: one look more. */
const answersOf = (
  found: readonly FoundFile[],
  task: Params,
  facts: Facts,
  { identity }: TaskContext,
): ReadonlyMap<string, string> | undefined => {
  const contains = task.file_type === 'file' ? task.contains : undefined;
  if (contains === undefined && !task.get_checksum) return undefined;
  const paths = found.filter(({ type }) => type === 'file').map(({ path }) => path);
  if (paths.length === 0) return new Map();
  const question = { contains, wholeFile: task.read_whole_file, checksum: task.get_checksum };
  const answer = facts.get(fileAnswers(paths, question, identity));
  return parseFileAnswers(answer === absent ? '' : answer.stdout, paths);
};

/** Searches folders; changes nothing. */
export const find = defineModule({
  name: 'find',
  summary: 'Finds files of the host, for `register`.',
  examples: `
- name: Logs of last week and before
  find:
    paths: /var/log/app
    patterns: "*.log,*.gz"
    age: 7d
    recurse: true
  register: old_logs
- file:
    path: "{{ item.path }}"
    state: absent
  loop: "{{ old_logs.files }}"
`,
  params,
  tells: true,
  aliases: { name: 'paths', path: 'paths', pattern: 'patterns', exclude: 'excludes' },
  modes: ['mode'],
  facts: searches,
  plan(task, facts, context) {
    const seen = searches(task, context).map((key) => read(facts, key));
    const skipped = Object.fromEntries(
      seen.flatMap(({ folder, isFolder, complaints }): [string, string][] =>
        isFolder
          ? complaints.map((line) => [
              /\u2018(.*)\u2019|'(.*)'/.exec(line)?.slice(1).find(Boolean) ?? folder,
              line,
            ])
          : [[folder, `'${folder}' is not a directory`]],
      ),
    );
    const candidates = seen.flatMap(({ files, now }) =>
      walked(files).filter((file) => isWanted(file, now, task)),
    );
    const answers = answersOf(candidates, task, facts, context);
    const contains = task.file_type === 'file' ? task.contains : undefined;
    const matches = candidates.filter(({ path }) => contains === undefined || answers?.has(path) === true);
    const files = matches.slice(0, task.limit).map((file) => {
      const checksum = task.get_checksum ? answers?.get(file.path) : undefined;
      return { ...describe(file), ...(checksum !== undefined && checksum !== '' && { checksum }) };
    });
    const isWhole = seen.every(({ isFolder }) => isFolder);
    const isLimited = files.length === task.limit;
    return {
      actions: [],
      result: {
        files,
        matched: files.length,
        examined: seen.reduce((sum, one) => sum + one.files.length, 0),
        skipped_paths: skipped,
        msg: isWhole
          ? isLimited
            ? 'Limit of matches reached'
            : 'All paths examined'
          : 'Not all paths examined, check warnings for details',
      },
      warnings: seen
        .filter(({ isFolder }) => !isFolder)
        .map(
          ({ folder }) =>
            `Skipped '${folder}' path due to this access issue: '${folder}' is not a directory\n`,
        ),
    };
  },
});
