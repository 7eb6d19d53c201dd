/** A text that is no list of identities; said to people. */
export class BadIdentities extends Error {
  override readonly name = 'BadIdentities';
}

const describe = (line: string | undefined): string => {
  if (line === undefined) return 'none';
  if (line.startsWith('AGE-PLUGIN-')) return 'the identity of a plug-in';
  return /-----BEGIN .*PRIVATE KEY/.test(line) ? 'an SSH key' : 'something else';
};

/** Identities of a file as `age-keygen` writes it: one a line, and comments. @throws BadIdentities */
export const parseIdentities = (text: string): readonly string[] => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const strange = lines.find((line) => !/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(line));
  if (strange === undefined && lines.length > 0) return lines;
  throw new BadIdentities(`expected lines that begin with AGE-SECRET-KEY-1, found ${describe(strange)}`);
};
