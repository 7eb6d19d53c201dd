import { type Meanings, type Rendered, recall, remember } from './render-memo.ts';
import type { VariableChain } from './variable-chain.ts';

/** Names that are used while something is made that is to be remembered, and the scope it is remembered for. */
interface Recording {
  readonly names: Map<string, unknown>;
  readonly chain: VariableChain;
}

/** Evaluation is synchronous: one stack of the names used serves all scopes. */
const recordings: Recording[] = [];

/** Stands among the names for what nobody can tell to be the same again. */
const elsewhere = '\0elsewhere';

/** Notes that what is being made holds something that may be other when it is asked for again. */
export const noteChanging = (): void => {
  recordings.at(-1)?.names.set(elsewhere, {});
};

/** Notes what a name means that no scope lays over: the same for whoever asks. */
export const noteMeaning = (name: string, meaning: unknown): void => {
  recordings.at(-1)?.names.set(name, meaning);
};

/**
 * Notes that a name was asked for in the scope of `chain`. What a narrower scope has laid over the recording's own was made
 * while recording, of what was noted; what another host's scope says is never the same.
 */
export const noteName = (chain: VariableChain, name: string, meaning: unknown): void => {
  const recording = recordings.at(-1);
  if (recording === undefined) return;
  const { names, chain: own } = recording;
  if (chain === own) names.set(name, meaning);
  else if (!chain.isWithin(own)) names.set(elsewhere, {});
  else if (!chain.laysOver(own, name)) names.set(name, meaning);
};

const noteAll = (chain: VariableChain, names: Meanings): void => {
  for (const [name, meaning] of names) noteName(chain, name, meaning);
};

/** Part of a value as it was read (see `recall`), and the scope that it is made in. */
interface RememberedPart {
  readonly home: object;
  readonly key: string;
  readonly chain: VariableChain;
  /** What a name stands for in that scope. */
  readonly means: (name: string) => unknown;
}

/** The value as it was made before, for whatever host, where nothing it is made of is other now. */
export const rememberedIn = <T>({ home, key, chain, means }: RememberedPart, make: () => T): T => {
  const known: Rendered | undefined = recall(home, key, means);
  if (known !== undefined) {
    noteAll(chain, known.names);
    return known.value as T;
  }
  const names = new Map<string, unknown>();
  recordings.push({ names, chain });
  try {
    const value = make();
    if (!names.has(elsewhere)) remember(home, key, { value, names });
    return value;
  } finally {
    recordings.pop();
    noteAll(chain, names);
  }
};
