/**
 * A function that computes once for each object it is given first, as long as somebody holds the object. What it throws is
 * not kept. Neither the object nor the result may be changed by anybody.
 */
export const memoizeByObject = <K extends object, R extends readonly unknown[], V>(
  compute: (key: K, ...rest: R) => V,
): ((key: K, ...rest: R) => V) => {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key, ...rest) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = compute(key, ...rest);
    known.set(key, { value });
    return value;
  };
};
