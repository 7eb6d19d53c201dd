import { z } from 'zod';
import {
  commitAfter,
  type GitTarget,
  type GitWork,
  gitArchive,
  gitClone,
  gitUpdate,
} from '../actions/git-checkout.ts';
import {
  type GitAccess,
  type GitArchive,
  type GitQuestion,
  type GitSeen,
  gitCheckout,
  parseGitCheckout,
} from '../facts/git-checkouts.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { addressOf, secretsInAddress } from './git/address.ts';
import { type Aim, aimOf, aimText, shortCommit } from './git/aim.ts';
import { sshCommandOf } from './git/ssh-command.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { refused, refusedUnlessFalse } from './params/refused.ts';
import { text } from './params/text.ts';

const word = (what: string) =>
  text().refine((value) => /^[^-\s][^\s\0]*$/.test(value), { error: `expected ${what}` });

const params = z
  .strictObject({
    repo: text()
      .refine((repo) => /^[^-\n\0][^\n\0]*$/.test(repo), { error: 'expected the address of a repository' })
      .describe(
        'Address: https, ssh (`git@example.org:a/b.git`) or a path on the host. A password in it is kept out of argument lists and out of the checkout.',
      )
      .transform((repo) => (repo.startsWith('/') ? `file://${repo}` : repo)),
    dest: path().optional().describe('Folder of the checkout. Needed unless `clone` is false.'),
    version: word('a branch, a tag or a commit')
      .default('HEAD')
      .describe("Branch, tag or commit; `HEAD` is the server's main branch."),
    remote: word('the name of a remote').default('origin').describe('Name of the remote.'),
    force: boolean()
      .default(false)
      .describe('Throw away changes of tracked files; without it they are an error. Other files stay.'),
    update: boolean()
      .default(true)
      .describe('False: a checkout that is there stays, and the server is not asked.'),
    clone: boolean()
      .default(true)
      .describe('False: no checkout is made; the result tells what the server has.'),
    depth: integer()
      .refine((depth) => depth > 0, { error: 'expected a number of commits, 1 or more' })
      .optional()
      .describe('Fetch so many commits only. For branches and tags, or with refspec.'),
    single_branch: boolean().default(false).describe('Fetch the history of the version only.'),
    refspec: text()
      .refine((value) => /^[^-]/.test(value), {
        error: 'expected a refspec such as +refs/pull/*:refs/heads/*',
      })
      .optional()
      .describe('What else is fetched, where a version is not reached from branches and tags.'),
    recursive: boolean().default(true).describe('Submodules too, at the commits that the version names.'),
    bare: boolean().default(false).describe('A repository without files.'),
    reference: path().optional().describe('Repository on the host to borrow from.'),
    separate_git_dir: path().optional().describe('Folder of the repository, apart from the files.'),
    key_file: path().optional().describe('Private key on the host for ssh.'),
    ssh_opts: text().optional().describe('Options for ssh: `-o ProxyJump=…`.'),
    accept_hostkey: boolean().default(false).describe('Take any host key: whoever answers is believed.'),
    accept_newhostkey: boolean().default(false).describe('Take the host key of a server not known yet.'),
    executable: path().optional().describe('git, where it is elsewhere.'),
    umask: text()
      .refine((digits) => /^0?[0-7]{1,4}$/.test(digits), { error: 'expected octal digits in quotes: "0022"' })
      .optional()
      .describe('What new files are denied, octal in quotes.'),
    archive: path()
      .refine((file) => archiveFormat(file) !== undefined, {
        error: 'expected a name that ends in .zip, .tar.gz, .tgz or .tar',
      })
      .optional()
      .describe('File to pack the version into.'),
    archive_prefix: text().optional().describe('What the names in the archive begin with.'),
    track_submodules: refusedUnlessFalse('submodules are kept at the commits that the version names'),
    verify_commit: refusedUnlessFalse('verify in a command: git verify-commit'),
    gpg_allowlist: refused('verify in a command: git verify-commit'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if (task.dest === undefined && task.clone)
      complain('the destination directory must be specified unless clone=no', 'dest');
    if (task.bare && task.separate_git_dir !== undefined)
      complain('separate_git_dir and bare exclude each other', 'separate_git_dir');
    if (task.accept_hostkey && task.accept_newhostkey)
      complain('accept_hostkey and accept_newhostkey exclude each other', 'accept_newhostkey');
    if (task.archive_prefix !== undefined && task.archive === undefined)
      complain('archive_prefix goes with archive', 'archive_prefix');
  });

type Params = z.infer<typeof params>;

function archiveFormat(file: string): string | undefined {
  const [, ending] = /\.(zip|tar\.gz|tgz|tar)$/.exec(file) ?? [];
  return ending;
}

const accessOf = (p: Params): GitAccess => {
  const { username, password } = addressOf(p.repo);
  return { executable: p.executable ?? 'git', username, password, sshCommand: sshCommandOf(p) };
};

const archiveOf = (p: Params): GitArchive | undefined =>
  p.archive === undefined
    ? undefined
    : { path: p.archive, format: archiveFormat(p.archive) ?? 'tar', prefix: p.archive_prefix };

/** Where nothing is checked out there is no folder to look into. */
const nowhere = '/nonexistent';

const questionOf = (p: Params): GitQuestion => ({
  access: accessOf(p),
  repo: addressOf(p.repo).repo,
  dest: p.dest ?? nowhere,
  remote: p.remote,
  version: p.version,
  asksOnlyForNew: !p.update,
  submodules: p.recursive && !p.bare,
  archive: archiveOf(p),
});

const keyOf = (p: Params, { identity }: TaskContext) => gitCheckout(questionOf(p), identity);

const workOf = (p: Params, target: GitTarget): GitWork => ({
  access: accessOf(p),
  repo: addressOf(p.repo).repo,
  dest: p.dest ?? nowhere,
  remote: p.remote,
  target,
  bare: p.bare,
  depth: p.depth,
  singleBranch: p.single_branch,
  reference: p.reference,
  separateGitDir: p.separate_git_dir,
  refspec: p.refspec,
  umask: p.umask,
  force: p.force,
  submodules: p.recursive,
});

const finish =
  () =>
  ([outcome]: Parameters<NonNullable<TaskPlan['finish']>>[0]): Readonly<Record<string, unknown>> => {
    const after = outcome === undefined ? undefined : commitAfter(outcome.stdout);
    return after === undefined ? {} : { after };
  };

const planClone = (p: Params, seen: GitSeen): TaskPlan => {
  const aim = aimOf({ ...p, repo: addressOf(p.repo).repo }, seen);
  const result = { before: null, after: aim.commit ?? null, remote_url_changed: false };
  if (!p.clone || p.dest === undefined) return { actions: [], result };
  const work = workOf(p, aim.target);
  const archive = archiveOf(p);
  const change = `clone ${work.repo} into ${work.dest}, ${aimText(aim)}`;
  return {
    actions: [gitClone(work, change), ...(archive === undefined ? [] : [gitArchive(work, archive)])],
    result,
    finish: finish(),
  };
};

type Checkout = NonNullable<GitSeen['checkout']>;

const plainAddress = (url: string): string =>
  url
    .replace(/^(https?:\/\/)[^/@]*@/, '$1')
    .replace(/^file:\/\//, '')
    .replace(/\/+$/, '');

/** The commit that the version stands at in the checkout. */
const standsAt = (p: Params, { head, local }: Checkout): string | undefined =>
  p.bare && p.version !== 'HEAD' ? local : head;

const updateOf = (p: Params, checkout: Checkout, aim: Aim) => {
  const { target, commit } = aim;
  const now = standsAt(p, checkout);
  const isElsewhere = commit === undefined || now !== commit;
  const isOtherBranch = !p.bare && target.type === 'branch' && checkout.branch !== target.name;
  const setsUrl = plainAddress(checkout.url ?? '') !== plainAddress(addressOf(p.repo).repo) && !p.bare;
  const resets = checkout.dirty.length > 0;
  const movesGitDir = p.separate_git_dir !== undefined && checkout.gitDir !== p.separate_git_dir;
  const stale = checkout.staleSubmodules;
  const changes = [
    ...(movesGitDir ? [`move the repository ${checkout.gitDir} -> ${p.separate_git_dir}`] : []),
    ...(setsUrl
      ? [`remote ${p.remote}: ${plainAddress(checkout.url ?? 'none')} -> ${addressOf(p.repo).repo}`]
      : []),
    ...(resets
      ? [`throw away local modifications: ${checkout.dirty.map((line) => line.slice(3)).join(', ')}`]
      : []),
    ...(isElsewhere ? [`${shortCommit(now)} -> ${aimText(aim)}`] : []),
    ...(!isElsewhere && isOtherBranch
      ? [`check out ${aimText(aim)} in place of ${checkout.branch ?? 'no branch'}`]
      : []),
    ...(stale.length > 0 ? [`update submodules ${stale.join(', ')}`] : []),
  ];
  return { changes, setsUrl, resets, movesGitDir, moves: isElsewhere || isOtherBranch };
};

const archiveActions = (p: Params, checkout: Checkout, work: GitWork, moves: boolean) => {
  const archive = archiveOf(p);
  return archive === undefined || (!moves && checkout.archive === 'same') ? [] : [gitArchive(work, archive)];
};

const planUpdate = (p: Params, seen: GitSeen, checkout: Checkout): TaskPlan => {
  const before = checkout.head ?? null;
  if (!p.update) {
    const work = workOf(p, { type: 'commit', name: p.version });
    const actions = archiveActions(p, checkout, work, false);
    return { actions, result: { before, after: before, remote_url_changed: false } };
  }
  const aim = aimOf({ ...p, repo: addressOf(p.repo).repo }, seen);
  const work = workOf(p, aim.target);
  const update = updateOf(p, checkout, aim);
  const result = { before, after: aim.commit ?? before, remote_url_changed: update.setsUrl };
  if (update.resets && !p.force)
    throw new TaskFailure(`Local modifications exist in the destination: ${p.dest} (force=no).`, result);
  const archives = archiveActions(p, checkout, work, update.moves);
  if (update.changes.length === 0) return { actions: archives, result };
  return { actions: [gitUpdate(work, update), ...archives], result, finish: finish() };
};

const plan = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
  const fact = facts.get(keyOf(p, context));
  if (fact === absent) throw new TaskFailure('the checkout was not looked at');
  const seen = parseGitCheckout(fact, p.version);
  if (!seen.isInstalled)
    throw new TaskFailure(
      `there is no ${p.executable ?? 'git'} on this host: install the package git before`,
    );
  if (seen.failure !== undefined) throw new TaskFailure(seen.failure);
  return seen.checkout === undefined ? planClone(p, seen) : planUpdate(p, seen, seen.checkout);
};

/** Checkouts of git repositories. */
export const git = defineModule({
  name: 'git',
  summary: 'Checks out a git repository. The host asks the server at every look, so that news are drift.',
  examples: `- name: The tool, at its release
  git:
    repo: https://example.org/tool.git
    dest: /opt/tool
    version: v1.2.0
    depth: 1

- name: With a key of the host's
  git:
    repo: git@example.org:site.git
    dest: /srv/site
    version: main
    key_file: /root/.ssh/deploy
    accept_newhostkey: true
`,
  params,
  aliases: { name: 'repo', gpg_whitelist: 'gpg_allowlist' },
  secretParts: ({ repo }) => secretsInAddress(repo),
  facts: (p, context) => [keyOf(p, context)],
  plan,
});
