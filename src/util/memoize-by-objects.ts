import { memoizeByObject } from './memoize-by-object.ts';

/** As `memoizeByObject`, for each pair of objects. */
export const memoizeByObjects = <A extends object, B extends object, R extends readonly unknown[], V>(
  compute: (first: A, second: B, ...rest: R) => V,
): ((first: A, second: B, ...rest: R) => V) => {
  const ofFirst = memoizeByObject((first: A) =>
    memoizeByObject((second: B, ...rest: R) => compute(first, second, ...rest)),
  );
  return (first, second, ...rest) => ofFirst(first)(second, ...rest);
};
