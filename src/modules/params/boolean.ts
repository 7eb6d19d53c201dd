import { z } from 'zod';

const word = /^\s*(?:(y|yes|on|1|true|t)|n|no|off|0|false|f)\s*$/i;

/** True or false, or one of the words that Ansible takes for them (`yes`, `"True"` out of a template, 1). */
export const boolean = () =>
  z
    .union([z.boolean(), z.literal([0, 1]), z.string().regex(word, { error: 'expected true or false' })], {
      error: 'expected true or false',
    })
    .transform((value) => (typeof value === 'string' ? word.exec(value)?.[1] !== undefined : Boolean(value)));
