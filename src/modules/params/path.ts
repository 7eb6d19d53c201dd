import { z } from 'zod';
import { hostPath, isHomePath, isMarkedRelative, markHomePath } from '../../model/home-path.ts';

const withoutRepeats = (path: string): string => path.replaceAll(/\/(?:\.?\/)+/g, '/').replace(/\/\.$/, '/');

/** A path on the host as all modules have it. */
export const clean = (path: string): string => {
  if (isMarkedRelative(path)) return `/${withoutRepeats(path)}`;
  return isHomePath(path) ? markHomePath(withoutRepeats(path)) : withoutRepeats(path);
};

const absolutePath = () =>
  z
    .string({ error: 'expected a path' })
    .regex(hostPath, {
      error: 'expected an absolute path on the host (it starts with /)',
    })
    .regex(/^[^\0]*$/, { error: 'a path holds no NUL' });

/** An absolute path on the host (or one below a home: `~user/x`, which the engine makes absolute), without double or trailing slashes. `..` stays: what it means depends on links. */
export const path = () => absolutePath().transform((value) => clean(value).replace(/(?<=.)\/$/, ''));

/** As `path`, but a trailing slash stays, since it means "this is a directory". */
export const pathWithSlash = () => absolutePath().transform(clean);
