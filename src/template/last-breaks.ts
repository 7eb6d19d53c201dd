const countAtEnd = (text: string): number => text.length - text.replace(/\n+$/, '').length;

/** Line breaks at the end of a template are there in its text too, as Ansible has it, where a statement trims them. */
export const keepLastBreaks = (source: string, text: string): string =>
  text + '\n'.repeat(Math.max(0, countAtEnd(source) - countAtEnd(text)));
