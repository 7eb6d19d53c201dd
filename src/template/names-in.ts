const mentioned = new WeakMap<object, ReadonlySet<string>>();

/** Every name that an expression or a template's body mentions: a macro takes more arguments than it names where it asks for `varargs`. */
export const namesIn = (body: object): ReadonlySet<string> => {
  const known = mentioned.get(body);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const walk = (node: object): void => {
    if ('type' in node && node.type === 'name' && 'name' in node) names.add(String(node.name));
    for (const part of Object.values(node)) if (typeof part === 'object' && part !== null) walk(part);
  };
  walk(body);
  mentioned.set(body, names);
  return names;
};
