import type { Variables } from '../model/located.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { holdsTemplate } from './compiled.ts';

/** Names that were looked up, each with what it stood for: the same value is the same meaning. */
export type Meanings = ReadonlyMap<string, unknown>;

/** A value that was rendered, and everything it was made of. */
export interface Rendered {
  readonly value: unknown;
  readonly names: Meanings;
}

const asLiteral = memoizeByObject((value: object): object => ({ literal: value }));

/**
 * What a name stands for, before it is rendered.
 *
 * @param owner  the layer that sets the name; undefined: nobody does
 * @returns the value as it was read; another value where a template in it is none, being somebody's output
 */
export const meaningOf = (name: string, owner: Variables | undefined): unknown => {
  const raw = owner?.values[name];
  if (owner?.literal !== true || !holdsTemplate(raw)) return raw;
  return typeof raw === 'object' && raw !== null ? asLiteral(raw) : `\0literal\0${String(raw)}`;
};

/** Results kept for one text: hosts and loop items for which it comes out otherwise. */
const mostResults = 64;

/** Results for texts that looked the same names up, in a tree of their meanings in that order. */
interface Results {
  readonly names: readonly string[];
  tree: Map<unknown, unknown>;
  count: number;
}

const memos = new WeakMap<object, Map<string, Results[]>>();

/**
 * What was rendered from a part of a value, if it would come out the same.
 *
 * A thousand hosts that share a role's variables, and the passes that plan one host again and again, share what none of
 * their own variables changes.
 *
 * @param home  the value that holds the text, as it was read; values are never changed
 * @param key   which part of it
 * @param means  what a name stands for where it is asked now
 */
export const recall = (home: object, key: string, means: (name: string) => unknown): Rendered | undefined => {
  for (const { names, tree } of memos.get(home)?.get(key) ?? []) {
    let found: unknown = tree;
    for (const name of names) {
      found = (found as Map<unknown, unknown>).get(means(name));
      if (found === undefined) break;
    }
    if (found !== undefined && found !== tree) return found as Rendered;
    if (names.length === 0 && tree.has('')) return tree.get('') as Rendered;
  }
  return undefined;
};

/** Keeps it for `recall`. */
export const remember = (home: object, key: string, rendered: Rendered): void => {
  const ofHome = memos.get(home) ?? new Map<string, Results[]>();
  memos.set(home, ofHome);
  const all = ofHome.get(key) ?? [];
  ofHome.set(key, all);
  const names = [...rendered.names.keys()];
  let results = all.find(
    (one) => one.names.length === names.length && one.names.every((name) => rendered.names.has(name)),
  );
  if (results === undefined) {
    results = { names, tree: new Map(), count: 0 };
    all.push(results);
    if (all.length > mostResults) all.shift();
  }
  if (results.count >= mostResults) Object.assign(results, { tree: new Map(), count: 0 });
  results.count += 1;
  const path = results.names.length === 0 ? [''] : results.names.map((name) => rendered.names.get(name));
  let branch = results.tree;
  for (const meaning of path.slice(0, -1)) {
    const next = (branch.get(meaning) as Map<unknown, unknown> | undefined) ?? new Map<unknown, unknown>();
    branch.set(meaning, next);
    branch = next;
  }
  branch.set(path.at(-1), rendered);
};

const homes = new Map<string, object>();

/** Texts that have a home. */
const mostHomes = 5000;

/** A home for a text that is part of no value: a template file's, a condition. */
export const homeOf = (text: string): object => {
  const known = homes.get(text);
  if (known !== undefined) return known;
  if (homes.size >= mostHomes) homes.clear();
  const home = {};
  homes.set(text, home);
  return home;
};
