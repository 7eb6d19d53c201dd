import { posix } from 'node:path';
import { checksumsBelow } from '../facts/checksums.ts';
import { archiveWords, defineGit, type GitAccess, type GitArchive } from '../facts/git-checkouts.ts';
import { treesAround } from '../facts/trees.ts';
import type { Action } from '../model/action.ts';
import type { Taint } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { enterFolderOf, nameIn } from '../shell/enter-folder.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { temporaryName } from './open-new.ts';

/** What is to be checked out. */
export type GitTarget =
  | { readonly type: 'branch'; readonly name: string }
  | { readonly type: 'tag'; readonly name: string }
  /** A commit, or whatever git takes for one. */
  | { readonly type: 'commit'; readonly name: string };

export interface GitWork {
  readonly access: GitAccess;
  readonly repo: string;
  readonly dest: string;
  readonly remote: string;
  readonly target: GitTarget;
  readonly bare: boolean;
  readonly depth: number | undefined;
  readonly singleBranch: boolean;
  readonly reference: string | undefined;
  readonly separateGitDir: string | undefined;
  readonly refspec: string | undefined;
  /** Octal digits. */
  readonly umask: string | undefined;
  readonly force: boolean;
  readonly submodules: boolean;
}

/** A depth can be kept only where the server is asked for a name. */
const depthWords = ({ depth, target, refspec }: GitWork): readonly string[] =>
  depth === undefined || (target.type === 'commit' && refspec === undefined)
    ? []
    : ['--depth', String(depth)];

const cloneWords = (work: GitWork): readonly string[] => {
  const { bare, remote, target, reference, separateGitDir, singleBranch } = work;
  const isNamed = target.type !== 'commit' && (work.depth !== undefined || singleBranch);
  return [
    'clone',
    ...(bare ? ['--bare'] : ['--origin', remote]),
    ...depthWords(work),
    ...(singleBranch ? ['--single-branch'] : []),
    ...(isNamed ? ['--branch', target.name] : []),
    ...(reference === undefined ? [] : ['--reference', reference]),
    ...(separateGitDir === undefined ? [] : [`--separate-git-dir=${separateGitDir}`]),
  ];
};

const fetchRefspec = (work: GitWork): readonly Sh[] =>
  work.refspec === undefined
    ? []
    : [
        sh`g fetch ${depthWords(work)} ${work.force ? ['--force'] : []} ${work.remote} ${work.refspec.split(/\s+/)}`,
      ];

const trackingRef = ({ remote }: GitWork, name: string): string => `refs/remotes/${remote}/${name}`;

const fetch = (work: GitWork): readonly Sh[] => {
  const { bare, target, remote } = work;
  const force = work.force ? ['--force'] : [];
  if (bare)
    return [sh`g fetch ${force} ${work.repo} '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'`];
  const depth = depthWords(work);
  const refspec =
    target.type === 'branch'
      ? `+refs/heads/${target.name}:${trackingRef(work, target.name)}`
      : `+refs/tags/${target.name}:refs/tags/${target.name}`;
  if (depth.length > 0 && target.type !== 'commit')
    return [sh`g ${['fetch', ...depth, ...force, remote, refspec]}`];
  return [sh`g ${['fetch', '--tags', ...force, remote]}`];
};

const switchTo = (work: GitWork): readonly Sh[] => {
  const { target, remote } = work;
  if (work.bare) return [];
  if (target.type !== 'branch') return [sh`g checkout --quiet --force ${target.name}`];
  const ref = trackingRef(work, target.name);
  // What was cloned as a single branch knows of no other.
  return [
    sh`g rev-parse -q --verify ${ref} >/dev/null || g fetch ${depthWords(work)} ${remote} ${`+refs/heads/${target.name}:${ref}`}
g checkout --quiet --force --no-track -B ${target.name} ${ref}
g branch --quiet ${`--set-upstream-to=${remote}/${target.name}`} ${target.name} 2>/dev/null || :`,
  ];
};

const updateSubmodules = ({ submodules, bare, force }: GitWork): readonly Sh[] =>
  submodules && !bare
    ? [
        sh`if [ -f .gitmodules ]; then
  g submodule --quiet sync --recursive
  g ${['submodule', '--quiet', 'update', '--init', '--recursive', ...(force ? ['--force'] : [])]}
fi`,
      ]
    : [];

const begin = ({ access, umask }: GitWork): readonly Sh[] => [
  ...(umask === undefined ? [] : [sh`umask ${umask}`]),
  defineGit(access),
];

const end = rawSh(`printf 'after %s\\n' "$(g rev-parse HEAD)"`);

const taintsBelow = (path: string): readonly Taint[] => [
  { kind: 'file', under: path },
  { kind: 'content', under: path },
  checksumsBelow(path),
  ...treesAround(path),
];

const taintsOf = ({ dest, separateGitDir }: GitWork): readonly Taint[] => [
  ...taintsBelow(dest),
  ...(separateGitDir === undefined ? [] : taintsBelow(separateGitDir)),
];

/** Makes a checkout where there is none. */
export const gitClone = (work: GitWork, change: string): Action => ({
  kind: 'git-checkout',
  summary: `clone into ${work.dest}`,
  changes: [{ summary: change }],
  sh: joinSh([
    ...begin(work),
    sh`mkdir -p -- ${posix.dirname(work.dest)}
g ${cloneWords(work)} -- ${work.repo} ${work.dest}
cd -- ${work.dest}`,
    ...(work.bare && work.remote !== 'origin' ? [sh`g remote add ${work.remote} ${work.repo}`] : []),
    ...fetchRefspec(work),
    ...switchTo(work),
    ...updateSubmodules(work),
    end,
  ]),
  taints: taintsOf(work),
  predicts: [],
  capture: true,
});

/** What of an existing checkout is to be other. */
export interface GitUpdate {
  readonly changes: readonly string[];
  readonly setsUrl: boolean;
  readonly resets: boolean;
  readonly movesGitDir: boolean;
  /** Commits have to be fetched, or others checked out. */
  readonly moves: boolean;
}

/** Brings a checkout to where it is to be. */
export const gitUpdate = (work: GitWork, update: GitUpdate): Action => ({
  kind: 'git-checkout',
  summary: `update ${work.dest}`,
  changes: update.changes.map((summary) => ({ summary })),
  sh: joinSh([
    ...begin(work),
    sh`cd -- ${work.dest}`,
    ...(update.movesGitDir && work.separateGitDir !== undefined
      ? [sh`g init --quiet ${`--separate-git-dir=${work.separateGitDir}`}`]
      : []),
    ...(update.setsUrl
      ? [
          sh`g remote set-url ${work.remote} ${work.repo} 2>/dev/null || g remote add ${work.remote} ${work.repo}`,
        ]
      : []),
    ...(update.resets ? [rawSh('g reset --quiet --hard HEAD')] : []),
    ...(update.moves ? [...fetch(work), ...fetchRefspec(work), ...switchTo(work)] : []),
    ...updateSubmodules(work),
    end,
  ]),
  taints: taintsOf(work),
  predicts: [],
  capture: true,
});

/** Packs what is checked out into a file. */
export const gitArchive = ({ access, dest, umask }: GitWork, archive: GitArchive): Action => ({
  kind: 'git-archive',
  summary: `write ${archive.path}`,
  changes: [{ summary: `write the archive ${archive.path}` }],
  sh: joinSh([
    ...(umask === undefined ? [] : [sh`umask ${umask}`]),
    defineGit(access),
    enterFolderOf(archive.path),
    sh`t=$(mktemp -- ${temporaryName(archive.path)})
trap 'rm -f -- "$t"' EXIT
trap 'exit 1' HUP INT TERM
( cd -- ${dest} && g ${archiveWords(archive)} ) >"$t"
chmod -- "$(printf '%o' $((0666 & ~$(umask))))" "$t"
mv -f -T -- "$t" ${nameIn(archive.path)}
trap - EXIT HUP INT TERM`,
  ]),
  taints: taintsBelow(archive.path),
  predicts: [],
});

/** The commit that a checkout was left at, out of what the action printed. */
export const commitAfter = (stdout: string): string | undefined => /^after ([0-9a-f]+)$/m.exec(stdout)?.[1];
