import { readFileSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';

/** Who runs syn-deploy, from where, and on which files; for a host's record of runs. */
export interface Origin {
  readonly user: string;
  readonly hostname: string;
  /** Of the files' repository: 40 or 64 hex digits. Undefined where there is none, or nothing is committed yet. */
  readonly commit: string | undefined;
  /** The name by which hosts know a playbook: `PROJECT PATH`. */
  nameOf(playbook: string): string;
}

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // No record of runs is worth a failed run: what cannot be read is not told.
    return undefined;
  }
};

const isDirectory = (file: string): boolean =>
  statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;

/** The repository's folder with HEAD in it: `.git`, or what a `.git` file (a linked work tree, a submodule) names. */
const gitDirectory = (folder: string): string | undefined => {
  const candidate = path.join(folder, '.git');
  try {
    if (isDirectory(candidate)) return candidate;
  } catch {
    return undefined;
  }
  const named = /^gitdir: (.+)$/m.exec(textOf(candidate) ?? '')?.[1];
  if (named !== undefined) return path.resolve(folder, named);
  const parent = path.dirname(folder);
  return parent === folder ? undefined : gitDirectory(parent);
};

const objectName = (text: string | undefined): string | undefined =>
  text !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : undefined;

const packedRef = (folder: string, ref: string): string | undefined => {
  const line = textOf(path.join(folder, 'packed-refs'))
    ?.split('\n')
    .find((text) => text.endsWith(` ${ref}`));
  return objectName(line?.split(' ')[0]);
};

/**
 * The commit that is checked out where the folder lies, read from the repository's files: no git is needed.
 *
 * @see gitrepository-layout(5)
 */
export const currentCommit = (folder: string): string | undefined => {
  const own = gitDirectory(path.resolve(folder));
  if (own === undefined) return undefined;
  const head = textOf(path.join(own, 'HEAD'));
  const ref = /^ref: (.+)$/.exec(head ?? '')?.[1];
  if (ref === undefined) return objectName(head);
  const common = textOf(path.join(own, 'commondir'));
  const shared = common === undefined ? own : path.resolve(own, common);
  return objectName(textOf(path.join(shared, ref))) ?? packedRef(shared, ref);
};

/** Where the repository is fetched from, without accounts and endings: the same for ssh and https. */
const remoteOf = (gitFolder: string): string | undefined => {
  const common = textOf(path.join(gitFolder, 'commondir'));
  const shared = common === undefined ? gitFolder : path.resolve(gitFolder, common);
  const section = /^\[remote "origin"\]\n((?:[ \t].*\n?)*)/m.exec(
    `${textOf(path.join(shared, 'config'))}\n`,
  )?.[1];
  const url = /^\s*url\s*=\s*(\S+)/m.exec(section ?? '')?.[1];
  return url
    ?.replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(':', '/')
    .replace(/(\.git)?\/*$/, '');
};

/** The folder that has `.git` in it. */
const topOf = (folder: string): string | undefined => {
  if (statSync(path.join(folder, '.git'), { throwIfNoEntry: false }) !== undefined) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : topOf(parent);
};

/**
 * A playbook's name that a colleague's checkout has too: where its repository is fetched from, and the path in it. Without a
 * repository that is fetched from somewhere, the path on this machine.
 */
export const playbookName = (playbook: string): string => {
  const whole = path.resolve(playbook);
  const own = gitDirectory(path.dirname(whole));
  const top = topOf(path.dirname(whole));
  const remote = own === undefined ? undefined : remoteOf(own);
  return remote === undefined || top === undefined
    ? `${hostname()} ${whole}`
    : `${remote} ${path.relative(top, whole)}`;
};

/** The account's name; containers have accounts without one. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
};

/** @param folder  where the inventory or playbooks lie; by default where the command was started */
export const describeOrigin = (folder = '.'): Origin => {
  const names = new Map<string, string>();
  return {
    user: process.env['SUDO_USER'] ?? userName(),
    hostname: hostname(),
    commit: currentCommit(folder),
    nameOf(playbook) {
      const name = names.get(playbook) ?? playbookName(playbook);
      names.set(playbook, name);
      return name;
    },
  };
};
