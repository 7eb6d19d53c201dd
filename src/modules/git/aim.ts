import type { GitTarget } from '../../actions/git-checkout.ts';
import type { GitSeen } from '../../facts/git-checkouts.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/** What a checkout is to stand at. */
export interface Aim {
  readonly target: GitTarget;
  /** The commit; undefined: only the fetched repository knows. */
  readonly commit: string | undefined;
}

/** What a task names. */
interface Version {
  /** Without a password. */
  readonly repo: string;
  /** Branch, tag, commit, or `HEAD`. */
  readonly version: string;
  readonly refspec?: string | undefined;
}

const isHex = (version: string): boolean => /^[0-9a-f]{7,64}$/.test(version);

/**
 * What the version stands for: as on the server, a branch before a tag; else a commit.
 *
 * @throws TaskFailure where the server has no such version
 */
export const aimOf = ({ repo, version: name, refspec }: Version, { server, checkout }: GitSeen): Aim => {
  if (name === 'HEAD') {
    if (server.head === undefined) throw new TaskFailure(`${repo} has no commits yet`);
    if (server.defaultBranch === undefined)
      return { target: { type: 'commit', name: server.head }, commit: server.head };
    return { target: { type: 'branch', name: server.defaultBranch }, commit: server.head };
  }
  if (server.branch !== undefined) return { target: { type: 'branch', name }, commit: server.branch };
  if (server.tag !== undefined) return { target: { type: 'tag', name }, commit: server.tag };
  const local = checkout?.local;
  if (local === undefined && !isHex(name) && refspec === undefined)
    throw new TaskFailure(`${repo} has no branch or tag ${name}`);
  return { target: { type: 'commit', name }, commit: local ?? (name.length >= 40 ? name : undefined) };
};

/** As people are told of it: ten digits of a commit. */
export const shortCommit = (commit: string | undefined): string => commit?.slice(0, 10) ?? '?';

/** As people are told of it: `main (0123456789)`. */
export const aimText = ({ target, commit }: Aim): string =>
  target.type === 'commit' ? shortCommit(commit ?? target.name) : `${target.name} (${shortCommit(commit)})`;
