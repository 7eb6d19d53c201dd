/** A fenced block of a Markdown page. */
export interface CodeBlock {
  /** What stands behind the fence: `yaml`, `console`, or nothing. */
  readonly language: string;
  /** Without the fences, with the last line end. */
  readonly text: string;
  /** Of its first line in the page; 1-based. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
export const codeBlocks = (page: string): readonly CodeBlock[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: page.slice(0, index).split('\n').length + 1,
  }));
