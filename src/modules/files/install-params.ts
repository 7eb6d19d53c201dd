import { z } from 'zod';
import { boolean } from '../params/boolean.ts';
import { mode } from '../params/mode.ts';
import { validateCommand } from '../params/validate-command.ts';

/** Parameters of the modules that change a file and may keep the old one. */
export const replaceParams = {
  backup: boolean()
    .default(false)
    .describe(
      'Keep the old file beside it, its name with a time, owner, mode and ACL as they were. Its path is `backup_file` of the result.',
    ),
  validate: validateCommand()
    .optional()
    .describe('Command that must accept the new file (`%s`) before it is put in place, as `visudo -cf %s`.'),
};

/** Parameters of the modules that put a whole file in place. */
export const installParams = {
  ...replaceParams,
  force: boolean().default(true).describe('False: a file that is there stays as it is.'),
  follow: boolean()
    .default(false)
    .describe('Write what a link at the path points to, whoever made it, instead of replacing the link.'),
};

/** `mode`, with `preserve` for the mode of the source. */
export const preservableMode = z
  .union([z.literal('preserve'), mode()], {
    error: 'expected a file mode such as "0644" or u=rw,g=r,o=, or preserve',
  })
  .optional()
  .describe(
    'Permissions: octal in quotes ("0644"), symbolic (u=rw,g=r), or `preserve` for those of the source.',
  );

/** The mode with `preserve` resolved. */
export const modeOfSource = (wanted: string | undefined, source: string): string | undefined =>
  wanted === 'preserve' ? source : wanted;
