import type { Action } from '../../model/action.ts';
import type { Facts } from '../../model/fact.ts';
import type { TaskContext } from '../../model/module.ts';
import { installContent, type WantedContent } from './install-content.ts';
import type { Place } from './resolve-path.ts';

/** The actions that make a file hold the text; owner and mode of one that is there stay where nothing else is wanted. */
export const rewriteText = (
  facts: Facts,
  place: Place,
  text: string,
  context: TaskContext,
  wanted: Omit<WantedContent, 'bytes'> = {},
): Action[] => installContent(facts, place, { ...wanted, bytes: new TextEncoder().encode(text) }, context);
