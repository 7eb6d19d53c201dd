/** Pieces of YAML and Jinja that mean something where they stand. */
const scraps = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '  ',
  '\t',
  '{{',
  '}}',
  '{% ',
  '|',
  '&a',
  '*a',
  '!',
  'null',
  '~',
  '5',
  '=',
  '<<: ',
  '#',
  '\u0000',
  'é',
];

/** A text with up to three pieces put in, or taken out, somewhere. @param next  see `chance` */
export const spoil = (text: string, next: (below: number) => number): string => {
  let spoiled = text;
  for (let count = next(3) + 1; count > 0; count -= 1) {
    const at = next(spoiled.length + 1);
    const scrap = next(4) === 0 ? '' : (scraps[next(scraps.length)] ?? '');
    spoiled = spoiled.slice(0, at) + scrap + spoiled.slice(at + next(6));
  }
  return spoiled;
};
