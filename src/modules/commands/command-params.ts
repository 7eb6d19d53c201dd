import { z } from 'zod';
import { boolean } from '../params/boolean.ts';
import { text } from '../params/text.ts';

const commands = () =>
  z
    .union([z.array(text()), text().transform((one) => [one])], {
      error: 'expected a command, or a list of them',
    })
    .default([]);

/** What `command` and `shell` have in common. */
export const commandParams = {
  chdir: text().optional().describe('Folder to run in.'),
  creates: text()
    .optional()
    .describe('Path or pattern; where something is there, the command is not run. Relative to `chdir`.'),
  removes: text()
    .optional()
    .describe('Path or pattern; where nothing is there, the command is not run. Relative to `chdir`.'),
  unless: commands().describe('Read-only sh commands; where one exits with 0, the command is not run.'),
  onlyif: commands().describe(
    'Read-only sh commands; where one exits with another status than 0, the command is not run.',
  ),
  stdin: text().optional().describe('What the command reads. Default: nothing.'),
  stdin_add_newline: boolean().default(true).describe('End `stdin` with a newline.'),
  strip_empty_ends: boolean().default(true).describe('Drop line ends at the end of the registered output.'),
};

/** Values of `commandParams`. */
export type CommandParams = z.infer<z.ZodObject<typeof commandParams>>;

/** A relative path means something beside `chdir` only. */
const isPlaced = (path: string | undefined, chdir: string | undefined): boolean =>
  path === undefined || chdir !== undefined || /^[/~$]/.test(path);

/** Adds to the schema of `command` or `shell` what holds between its parameters. */
export const placed = <S extends z.ZodType<CommandParams>>(schema: S): S =>
  (['creates', 'removes'] as const).reduce(
    (checked, name) =>
      checked.refine((p) => isPlaced(p[name], p.chdir), {
        path: [name],
        error: 'expected an absolute path, or chdir beside a relative one',
      }),
    schema,
  );
