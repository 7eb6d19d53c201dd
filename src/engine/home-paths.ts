import { resolve } from 'node:path';
import { account } from '../facts/accounts.ts';
import type { FactKey } from '../model/fact.ts';
import { type HomePath, readHomePath } from '../model/home-path.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Blocked, isUnknown } from '../model/unknown.ts';
import { isMapping } from '../template/values.ts';
import { NotObserved, type Overlay } from './overlay.ts';

const homePathsIn = (params: unknown): readonly HomePath[] => {
  const found = readHomePath(params);
  if (found !== undefined) return [found];
  return typeof params === 'object' && params !== null ? Object.values(params).flatMap(homePathsIn) : [];
};

const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((part) => mapTexts(part, change));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapTexts(part, change)]));
};

/** Where paths begin that are not absolute. */
export interface Beginnings {
  /** Who acts: `~` is its home. */
  readonly own: string;
  /** Who has logged in: relative paths begin in its home, as by Ansible. */
  readonly login: string;
  /** On the machine that runs this they begin in this folder instead. */
  readonly folder?: string | undefined;
}

const accountOf = ({ user, isRelative }: HomePath, { own, login }: Beginnings): string =>
  isRelative ? login : (user ?? own);

/** The accounts whose homes the parameters of a task begin paths with. */
export const homesWanted = (params: unknown, beginnings: Beginnings): readonly FactKey[] => {
  const paths = homePathsIn(params).filter(
    ({ isRelative }) => !isRelative || beginnings.folder === undefined,
  );
  return [...new Set(paths.map((path) => accountOf(path, beginnings)))].map((user) => account(user));
};

/** Whether paths among the parameters begin elsewhere than at the root. */
export const hasHomePaths = (params: unknown): boolean => homePathsIn(params).length > 0;

const homeOf = (user: string, overlay: Overlay): string => {
  const fact = overlay.peek(account(user));
  if (fact === undefined) throw new NotObserved([account(user)]);
  if (isUnknown(fact)) throw new Blocked(fact.because);
  if (fact === 'absent') throw new TaskFailure(`there is no account "${user}" whose home ~${user} could be`);
  return (fact as { readonly home: string }).home.replace(/\/$/, '');
};

/**
 * Puts the homes where paths begin with `~` or `~user`, or are relative.
 *
 * @throws NotObserved, Blocked; TaskFailure where there is no such account
 */
export const withHomes = (params: unknown, beginnings: Beginnings, overlay: Overlay): unknown =>
  mapTexts(params, (text) => {
    const path = readHomePath(text);
    if (path === undefined) return text;
    const { folder } = beginnings;
    const start =
      path.isRelative && folder !== undefined ? folder : homeOf(accountOf(path, beginnings), overlay);
    return path.isRelative ? below(start, path.rest) : `${start}${path.rest}` || '/';
  });

/** A slash at the end stays: it means that this is a folder. */
const below = (start: string, rest: string): string =>
  `${resolve(start, `.${rest}`)}${rest.length > 1 && rest.endsWith('/') ? '/' : ''}`;
