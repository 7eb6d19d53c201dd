import type { FactKind } from '../model/fact.ts';

/**
 * A kind of look of one's own: one piece of read-only sh for all keys of it, and what reads its output. A module names those that
 * it needs as `kinds`. Where a command's output is enough, `look` is simpler.
 */
export const defineFactKind = <V>(kind: FactKind<V>): FactKind<V> => kind;
