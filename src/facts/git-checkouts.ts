import type { FactKey, Identity } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { sha256 } from '../util/sha256.ts';
import { type ProbeFact, probe } from './probes.ts';

/** How git is run. */
export interface GitAccess {
  /** `git`, or its path. */
  readonly executable: string;
  /** For servers that ask by HTTP. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Command that replaces ssh, as a shell's line; undefined: ssh, which asks nothing. */
  readonly sshCommand?: string | undefined;
}

/** git asks its helper by a pipe, and that reads the environment: neither is an argument. */
const helper = `!f() { [ "$1" = get ] && printf 'username=%s\\npassword=%s\\n' "$SYN_GIT_USERNAME" "$SYN_GIT_PASSWORD"; }; f`;

/** Defines `g`, which is git with its access; it never asks anybody anything. */
export const defineGit = ({ executable, username, password = '', sshCommand }: GitAccess): Sh =>
  joinSh([
    rawSh('export GIT_TERMINAL_PROMPT=0'),
    sshCommand === undefined
      ? sh`export GIT_SSH_COMMAND="\${GIT_SSH_COMMAND:-ssh -o BatchMode=yes}"`
      : sh`export GIT_SSH_COMMAND=${sshCommand}`,
    ...(username === undefined
      ? [sh`g() { ${executable} "$@"; }`]
      : [
          sh`export SYN_GIT_USERNAME=${username} SYN_GIT_PASSWORD=${password}
g() { ${executable} -c credential.helper= -c ${`credential.helper=${helper}`} "$@"; }`,
        ]),
  ]);

/** What is to be seen of a checkout. */
export interface GitQuestion {
  readonly access: GitAccess;
  /** Address without a password; undefined: the server is not asked. */
  readonly repo: string;
  readonly dest: string;
  readonly remote: string;
  /** `HEAD`, a branch, a tag, or a commit. */
  readonly version: string;
  /** Ask the server only where there is no checkout yet. */
  readonly asksOnlyForNew: boolean;
  readonly submodules: boolean;
  readonly archive?: GitArchive | undefined;
}

export interface GitArchive {
  readonly path: string;
  readonly format: string;
  readonly prefix: string | undefined;
}

/** Words of `git archive` for what is checked out. */
export const archiveWords = ({ format, prefix }: GitArchive): readonly string[] => [
  'archive',
  `--format=${format}`,
  ...(prefix === undefined ? [] : [`--prefix=${prefix}`]),
  'HEAD',
];

const lookAtArchive = (archive: GitArchive): Sh => sh`  if [ -f ${archive.path} ]; then
    made=$(g ${archiveWords(archive)} 2>/dev/null | sha256sum)
    there=$(sha256sum <${archive.path})
    if [ "$made" = "$there" ]; then echo 'archive same'; else echo 'archive other'; fi
  fi`;

/**
 * Output, a line each, what is not there left out: `git absent`; of the checkout `gitdir <path>`, `head <commit>`, `branch <name>`,
 * `url <address>`, `local <commit>` (the version as the checkout knows it), `dirty <status line>`, `submodule <status line>`,
 * `archive same` or `other`; of the server `remote <line of ls-remote>`, or `failed <text>`.
 */
const script = ({ access, repo, dest, remote, version, ...question }: GitQuestion): Sh =>
  joinSh([
    sh`command -v ${access.executable} >/dev/null 2>&1 || { echo 'git absent'; exit 0; }`,
    defineGit(access),
    sh`export GIT_OPTIONAL_LOCKS=0
there=
if [ -e ${`${dest}/.git`} ] || { [ -f ${`${dest}/HEAD`} ] && [ -d ${`${dest}/objects`} ]; }; then
  cd -- ${dest} || exit 1
  there=1
  if gitdir=$(g rev-parse --absolute-git-dir 2>&1); then echo "gitdir $gitdir"; else echo "failed $(printf %s "$gitdir" | tr '\n' ' ')"; exit 0; fi
  echo "head $(g rev-parse -q --verify HEAD 2>/dev/null)"
  echo "branch $(g symbolic-ref -q --short HEAD 2>/dev/null)"
  echo "url $(g config --get ${`remote.${remote}.url`})"
  echo "local $(g rev-parse -q --verify ${`${version}^{commit}`} 2>/dev/null)"
  if [ "$(g rev-parse --is-bare-repository)" = false ]; then g status --porcelain --untracked-files=no | head -n 100 | sed 's/^/dirty /'; fi`,
    ...(question.submodules
      ? [
          sh`  if [ -f .gitmodules ]; then g submodule status --recursive 2>/dev/null | sed 's/^/submodule /'; fi`,
        ]
      : []),
    ...(question.archive === undefined ? [] : [lookAtArchive(question.archive)]),
    sh`fi`,
    ...(question.asksOnlyForNew ? [rawSh('if [ -n "$there" ]; then exit 0; fi')] : []),
    sh`cd /
if answer=$(g ls-remote --symref ${repo} HEAD ${`refs/heads/${version}`} ${`refs/tags/${version}`} ${`refs/tags/${version}^{}`} 2>&1); then
  printf '%s\n' "$answer" | sed 's/^/remote /'
else
  echo "failed $(printf %s "$answer" | tr '\n' ' ')"
fi`,
  ]);

/** Seconds that a server may take. */
const readSeconds = 300;

/** The fact "what is checked out here, and what the server has". Every action of an earlier task taints it. */
export const gitCheckout = (question: GitQuestion, identity: Identity): FactKey<ProbeFact> =>
  probe(
    `git ${question.dest} ${question.version} ${sha256(JSON.stringify([question, identity])).slice(0, 16)}`,
    script(question),
    identity,
    readSeconds,
  );

/** A checkout. */
export interface GitSeen {
  readonly isInstalled: boolean;
  /** Why something could not be seen. */
  readonly failure: string | undefined;
  readonly checkout:
    | {
        readonly gitDir: string;
        /** undefined: nothing is checked out. */
        readonly head: string | undefined;
        /** undefined: a commit, and no branch, is checked out. */
        readonly branch: string | undefined;
        readonly url: string | undefined;
        /** The version as the checkout knows it. */
        readonly local: string | undefined;
        /** Lines of `git status --porcelain`. */
        readonly dirty: readonly string[];
        /** Paths of submodules that are not at their commit. */
        readonly staleSubmodules: readonly string[];
        readonly archive: 'same' | 'other' | undefined;
      }
    | undefined;
  readonly server: {
    readonly head: string | undefined;
    /** The branch that HEAD means. */
    readonly defaultBranch: string | undefined;
    readonly branch: string | undefined;
    readonly tag: string | undefined;
  };
}

const submoduleLine = /^([-+U ])[0-9a-f]+ (.*?)(?: \([^)]*\))?$/;

/** Reads what the look printed. @throws Error with the text, when a line is of no known form */
export const parseGitCheckout = ({ stdout }: ProbeFact, version: string): GitSeen => {
  const lines = stdout.split('\n').filter((line) => line !== '');
  const values = (key: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const value = (key: string): string | undefined => values(key).find((text) => text !== '');
  const strange = lines.find(
    (line) => !/^(?:git|gitdir|head|branch|url|local|dirty|submodule|archive|remote|failed) /.test(line),
  );
  if (strange !== undefined)
    throw new StrangeOutput(`unexpected line about a checkout: ${JSON.stringify(strange.slice(0, 200))}`);
  const refs = new Map(
    values('remote').flatMap((line) => {
      const [, sha = '', ref = ''] = /^([0-9a-f]{40,64})\t(.*)$/.exec(line) ?? [];
      return sha === '' ? [] : [[ref, sha] as const];
    }),
  );
  const symref = values('remote').flatMap((line) => /^ref: refs\/heads\/(.*)\tHEAD$/.exec(line)?.[1] ?? []);
  const gitDir = value('gitdir');
  const archive = value('archive');
  return {
    isInstalled: value('git') !== 'absent',
    failure: value('failed')?.trim(),
    checkout:
      gitDir === undefined
        ? undefined
        : {
            gitDir,
            head: value('head'),
            branch: value('branch'),
            url: value('url'),
            local: value('local'),
            dirty: values('dirty'),
            staleSubmodules: values('submodule').flatMap((line) => {
              const [, state = ' ', path = ''] = submoduleLine.exec(line) ?? [];
              return state === ' ' ? [] : [path];
            }),
            archive: archive === 'same' || archive === 'other' ? archive : undefined,
          },
    server: {
      head: refs.get('HEAD'),
      defaultBranch: symref[0],
      branch: refs.get(`refs/heads/${version}`),
      tag: refs.get(`refs/tags/${version}^{}`) ?? refs.get(`refs/tags/${version}`),
    },
  };
};
