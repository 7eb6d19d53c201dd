import { z } from 'zod';
import { text } from '../params/text.ts';

const value = () =>
  z
    .union([z.boolean().transform((flag) => (flag ? 'yes' : 'no')), text()])
    .refine((line) => !/[\n\0]/.test(line), {
      error: 'a value of a unit file is one line; repeat the key by a list',
    });

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/);

/** zod has one text for a strange key and for what is no mapping at all; people need two. */
const either =
  (ofKey: string, ofAll: string) =>
  ({ code }: { readonly code: string }): string =>
    code === 'invalid_key' ? ofKey : ofAll;

const settings = () =>
  z.record(
    name,
    z.union([z.array(value()), value()], {
      error: 'expected a text, a number, true or false, or a list of them',
    }),
    {
      error: either(
        'expected the name of a setting, such as ExecStart',
        'expected settings, such as ExecStart: /usr/bin/true',
      ),
    },
  );

/** Section → key → value, or a list for a key that stands several times. */
export const sections = () =>
  z.record(name, settings(), {
    error: either(
      'expected the name of a section, such as Service',
      'expected sections: a mapping such as Service: {ExecStart: /usr/bin/true}',
    ),
  });

export type Sections = z.infer<ReturnType<typeof sections>>;

/** The text of a unit file with these sections, in their order. */
export const renderSections = (given: Sections): string =>
  Object.entries(given)
    .map(([section, settings]) => {
      const lines = Object.entries(settings).flatMap(([key, values]) =>
        (Array.isArray(values) ? values : [values]).map((line) => `${key}=${line}\n`),
      );
      return `[${section}]\n${lines.join('')}`;
    })
    .join('\n');

/** Parameters of what has a text, either way. */
export const textParams = {
  content: z
    .string({ error: 'expected text' })
    .refine((given) => given.trim() !== '', {
      error: 'systemd takes an empty unit file for a mask; use masked of systemd for that',
    })
    .refine((given) => !given.includes('\0'), { error: 'a unit file holds no NUL' })
    .optional()
    .describe('The whole text. A newline is added at its end where none is.'),
  sections: sections()
    .optional()
    .describe(
      'The text as sections with their settings, instead of `content`. A list repeats its key; an empty text resets what earlier files have added.',
    ),
};

interface GivenText {
  readonly state: 'present' | 'absent';
  readonly content?: string | undefined;
  readonly sections?: Sections | undefined;
}

/** Complaints about a text given twice or not at all. */
export const checkText = (
  given: GivenText,
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void => {
  const complain = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (given.content !== undefined && given.sections !== undefined)
    complain('sections', 'content and sections exclude each other');
  if (given.state === 'present' && given.content === undefined && given.sections === undefined)
    complain('content', 'content or sections is required');
};

/** The text that is wanted. */
export const textOf = ({ content = '', sections: given }: GivenText): string => {
  const whole = given === undefined ? content : renderSections(given);
  return whole.endsWith('\n') ? whole : `${whole}\n`;
};
