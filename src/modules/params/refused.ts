import { z } from 'zod';

/**
 * A parameter that Ansible has and we do not: its presence is a mistake that says what to do instead.
 *
 * @param instead  lower case, no full stop: `make the key with ssh-keygen in a command`
 */
export const refused = (instead: string) =>
  z
    .undefined({ error: `not supported: ${instead}` })
    .optional()
    .describe(`Not supported: ${instead}.`);

/** As `refused`, for a switch whose `false` asks for nothing. */
export const refusedUnlessFalse = (instead: string) =>
  z
    .literal([false, 'no', 'false'], { error: `not supported: ${instead}` })
    .optional()
    .describe(`Not supported: ${instead}.`);
