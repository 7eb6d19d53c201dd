import type { z } from 'zod';
import type { FactKind } from '../model/fact.ts';
import type { Module } from '../model/module.ts';

/** A module of a project's own. */
export interface OwnModule<P = unknown> extends Module<P> {
  /** Kinds of facts that it brings along. */
  readonly kinds?: readonly FactKind<unknown>[] | undefined;
}

/** Gives the parameters their type from the schema. `name` is the name of the file, and of the task's key. */
export const defineModule = <S extends z.ZodType>(
  module: Omit<OwnModule<z.infer<S>>, 'params' | 'examples'> & {
    readonly params: S;
    readonly examples?: string;
  },
): OwnModule<z.infer<S>> => ({ examples: '', ...module }) as OwnModule<z.infer<S>>;
