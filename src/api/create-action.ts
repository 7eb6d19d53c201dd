import type { Action } from '../model/action.ts';

/** An action; what is left out has a default. */
export type ActionParts = Pick<Action, 'summary' | 'sh'> & Partial<Action>;

/**
 * One change to a host. Without more than `summary` and `sh`, that is also what people are shown of it, and nothing that
 * commands look at (`look`) is certain after it but what `predicts` says.
 */
export const createAction = (parts: ActionParts): Action => ({
  kind: 'own',
  changes: [{ summary: parts.summary }],
  predicts: [],
  taints: [{ kind: 'probe' }],
  ...parts,
});
