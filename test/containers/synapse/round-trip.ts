/**
 * A walk over names that goes from each to each other exactly once, and comes back to the first: an Eulerian circuit of the
 * complete graph (Hierholzer).
 */
export const everyTransition = (names: readonly string[]): readonly string[] => {
  const open = new Map(names.map((name) => [name, names.filter((other) => other !== name)]));
  const path: string[] = [];
  const stack = names.slice(0, 1);
  for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
    const next = open.get(at)?.shift();
    if (next !== undefined) stack.push(next);
    else path.push(stack.pop() ?? '');
  }
  return path.reverse();
};

/** A walk that comes to each once, and back to the first. */
export const oneRound = (names: readonly string[]): readonly string[] => [...names, ...names.slice(0, 1)];
