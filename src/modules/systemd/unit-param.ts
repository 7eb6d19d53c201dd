import { z } from 'zod';
import { isTemplate, unitName, unitNamePattern } from '../../facts/unit-names.ts';
import { text } from '../params/text.ts';

const complaint =
  'expected the name of a unit: letters, digits and :-_.\\@ (systemd-escape --path makes one of a path)';

/** The name of a unit, `.service` added where it has no suffix. */
export const unitParam = () =>
  text()
    .refine((name) => unitNamePattern.test(name), { error: complaint })
    .transform(unitName);

/** The name of a template without an instance: `foo@.service`; `foo@` is taken for it too. */
export const templateParam = () =>
  unitParam().refine(isTemplate, { error: 'expected the name of a template, such as worker@.service' });

/** What stands for `%i`; escaped already, as systemd wants it. */
export const instanceParam = () =>
  text().refine((name) => /^[A-Za-z0-9:_.\\@-]{1,200}$/.test(name), {
    error:
      'expected the name of an instance: letters, digits and :-_.\\@ (systemd-escape makes one of other texts)',
  });

/** One text is a list of one. No splitting at commas: paths may hold them. */
export const pathList = () =>
  z
    .union([z.array(text()), text()], { error: 'expected a list of paths' })
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .refine((paths) => paths.every((path) => path.startsWith('/') && !path.includes('\0')), {
      error: 'expected absolute paths on the host (they start with /)',
    });
