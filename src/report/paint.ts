/** Colours that reporters use, by meaning. */
export type Tone = 'good' | 'changed' | 'bad' | 'quiet' | 'strong' | 'added' | 'removed';

const codes: Readonly<Record<Tone, string>> = {
  good: '32',
  changed: '33',
  bad: '31',
  quiet: '2',
  strong: '1',
  added: '32',
  removed: '31',
};

export type Paint = (tone: Tone, text: string) => string;

/** Text in a colour, by ANSI escape sequences; as it is without colour. */
export const createPaint =
  (color: boolean): Paint =>
  (tone, text) =>
    color && text !== '' ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;
