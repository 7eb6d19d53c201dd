import type { Play } from '../model/play.ts';
import { deferred } from '../util/deferred.ts';
import { nothingTold, type SetValue, type Told } from './told.ts';

/** How far a host is, as the others are told. */
export interface HostState {
  readonly name: string;
  plays: readonly Play[];
  /** `waiting`: its batch has not begun. */
  stage: 'waiting' | 'running' | 'over';
  /** Set in batches that are over. */
  before: readonly SetValue[];
  told: Told;
  byName: ReadonlyMap<string, readonly SetValue[]> | undefined;
  /** Of all its batches. */
  readonly secrets: Set<ReadonlySet<string>>;
  /** Nothing keeps it from telling more but that it is looked at, and its turn among `--forks`. */
  isPrompt: boolean;
  /** Resolved, and replaced, when there is something new to tell. */
  news: ReturnType<typeof deferred<void>>;
}

export const newState = (name: string, plays: readonly Play[], stage: HostState['stage']): HostState => ({
  ...{ name, plays, stage, before: [], told: nothingTold, byName: undefined, secrets: new Set() },
  ...{ isPrompt: true, news: deferred() },
});

/** @throws Error that is a bug */
export const stateOf = (hosts: ReadonlyMap<string, HostState>, host: string): HostState => {
  const state = hosts.get(host);
  if (state === undefined) throw new Error(`${host} is no host of this run`);
  return state;
};
