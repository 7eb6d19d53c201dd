import { isUnknown } from '../model/unknown.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { utf8Text } from '../util/utf8-text.ts';
import type { Registered } from './results.ts';

/** Parts of a result that hold what was secret about it: what was printed, what a file held, what variables were set to. */
const tellingKeys = ['content', 'stdout', 'stderr', 'ansible_facts'] as const;

/** A shorter line is a word that other texts have too. */
const shortestLine = 8;

/** A longer line is hidden piece by piece: nobody needs to find all of it at once. */
const longestPiece = 1000;

/** Of a large file, the first ones: each is searched for in everything that is shown. */
const mostPieces = 1000;

/** What a task may well say that is no secret, and that would make a report hard to read if it were hidden. */
const plainWords = new Set(
  (
    'true false none null yes no on off ok done absent present active inactive enabled disabled running stopped ' +
    'started failed success unknown loaded changed unchanged skipped installed configured'
  ).split(' '),
);

const isPath = (text: string): boolean =>
  /^\/(?:bin|boot|data|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:\/[\w.@-]+)*$/.test(
    text,
  );

const isPlain = (text: string): boolean => plainWords.has(text.toLowerCase()) || isPath(text);

const piecesOf = (line: string): readonly string[] =>
  Array.from({ length: Math.ceil(line.length / longestPiece) }, (_, index) =>
    line.slice(index * longestPiece, (index + 1) * longestPiece),
  );

/** The text as a whole, where it is one line, and its longer lines. */
const secretsInText = (text: string): readonly string[] => {
  const whole = text.trim();
  if (whole.length < shortestLine) return whole === '' || isPlain(whole) ? [] : [whole];
  return whole
    .split('\n')
    .flatMap((line) => piecesOf(line.trim()))
    .filter((piece) => piece.length >= shortestLine && !isPlain(piece))
    .slice(0, mostPieces);
};

const secretsInPart = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return secretsInText(value);
  if (isUnknown(value)) return [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsInPart) : [];
};

/**
 * What must not be shown of the result of a task with `no_log`, wherever it turns up later: in another task, or on a host that
 * reads it from this one. Words that any report is full of, and paths, are not among it.
 */
export const secretsInResult = (result: Registered): readonly string[] => {
  const parts = tellingKeys.flatMap((key) => secretsInPart(result[key]));
  const content = result['encoding'] === 'base64' ? result['content'] : undefined;
  const text = typeof content === 'string' ? utf8Text(bytesOfBase64(content)) : undefined;
  return text === undefined ? parts : [...parts, ...secretsInText(text)];
};
