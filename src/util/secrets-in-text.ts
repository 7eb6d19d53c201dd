import { isPlainWord } from './is-plain-word.ts';

/** A shorter line is a word that other texts have too. */
const shortestLine = 8;

/** A longer line is hidden piece by piece: nobody needs to find all of it at once. */
const longestPiece = 1000;

/** Of a large file, the first ones: each is searched for in everything that is shown. */
const mostPieces = 1000;

const piecesOf = (line: string): readonly string[] =>
  Array.from({ length: Math.ceil(line.length / longestPiece) }, (_, index) =>
    line.slice(index * longestPiece, (index + 1) * longestPiece),
  );

/** What must not be shown of a secret text: all of it, where it is one line, and its longer lines. */
export const secretsInText = (text: string): readonly string[] => {
  const whole = text.trim();
  if (whole.length < shortestLine) return whole === '' || isPlainWord(whole) ? [] : [whole];
  return whole
    .split('\n')
    .flatMap((line) => piecesOf(line.trim()))
    .filter((piece) => piece.length >= shortestLine && !isPlainWord(piece))
    .slice(0, mostPieces);
};
