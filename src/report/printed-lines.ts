/**
 * Puts lines together that arrive in pieces, for each source by itself.
 *
 * @returns `add` gives the lines that are complete by now, `end` what is left of the source's last one
 */
export const createPrintedLines = () => {
  const unfinished = new Map<string, string>();
  return {
    add(source: string, text: string): readonly string[] {
      const lines = `${unfinished.get(source) ?? ''}${text}`.split('\n');
      unfinished.set(source, lines.pop() ?? '');
      return lines;
    },
    end(source: string): readonly string[] {
      const rest = unfinished.get(source) ?? '';
      unfinished.delete(source);
      return rest === '' ? [] : [rest];
    },
  };
};
