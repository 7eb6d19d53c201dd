import { makeLink } from '../../actions/make-link.ts';
import type { Action } from '../../model/action.ts';
import { absent, type Facts, type Identity } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { placeOf } from './resolve-path.ts';

/** A link of a folder that is copied, as the link that it is. */
export const planLinkCopy = (
  { force }: { readonly force: boolean },
  path: string,
  target: string,
  facts: Facts,
  identity: Identity,
): Action[] => {
  const { fact } = placeOf(facts, path);
  if (fact !== absent && fact.type === 'link' && fact.target === target) return [];
  if (fact !== absent && !force) return [];
  if (fact !== absent && fact.type === 'directory')
    throw new TaskFailure(`${path} is a directory, not a link`);
  return [makeLink(path, target, fact, identity)];
};
