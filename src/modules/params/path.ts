import { z } from 'zod';

const clean = (path: string): string => path.replaceAll(/\/(?:\.?\/)+/g, '/').replace(/\/\.$/, '/');

const absolutePath = () =>
  z
    .string({ error: 'expected a path' })
    .regex(/^\//, { error: 'expected an absolute path on the host (it starts with /)' })
    .regex(/^[^\0]*$/, { error: 'a path holds no NUL' });

/** An absolute path on the host, without double or trailing slashes. `..` stays: what it means depends on links. */
export const path = () => absolutePath().transform((value) => clean(value).replace(/(?<=.)\/$/, ''));

/** As `path`, but a trailing slash stays, since it means "this is a directory". */
export const pathWithSlash = () => absolutePath().transform(clean);
