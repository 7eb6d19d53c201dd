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

/** The accounts whose homes the parameters of a task begin paths with. @param own  who acts */
export const homesWanted = (params: unknown, own: string): readonly FactKey[] =>
  [...new Set(homePathsIn(params).map(({ user }) => user ?? own))].map((user) => account(user));

const homeOf = (user: string, overlay: Overlay): string => {
  const fact = overlay.peek(account(user));
  if (fact === undefined) throw new NotObserved([account(user)]);
  if (isUnknown(fact)) throw new Blocked(fact.because);
  if (fact === 'absent') throw new TaskFailure(`there is no account "${user}" whose home ~${user} could be`);
  return (fact as { readonly home: string }).home.replace(/\/$/, '');
};

/**
 * Puts the homes where paths begin with `~` or `~user`.
 *
 * @throws NotObserved, Blocked; TaskFailure where there is no such account
 */
export const withHomes = (params: unknown, own: string, overlay: Overlay): unknown =>
  mapTexts(params, (text) => {
    const path = readHomePath(text);
    return path === undefined ? text : `${homeOf(path.user ?? own, overlay)}${path.rest}` || '/';
  });
