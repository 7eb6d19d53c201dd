import { linesOf } from '../files/edit-file.ts';

/** A line of fstab, its escapes read. @see fstab(5) */
export interface FstabEntry {
  readonly src: string;
  readonly path: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

const encodeField = (text: string): string =>
  text.replaceAll(/[\\ \t\n&#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

const decodeField = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** undefined: a comment, or no entry. */
export const entryIn = (line: string): FstabEntry | undefined => {
  const fields = line
    .replace(/(^|\s)#.*$/s, '')
    .trim()
    .split(/\s+/);
  if (fields.length < 4 || fields.length > 6) return undefined;
  const [src = '', path = '', fstype = '', opts = '', dump = '0', passno = '0'] = fields.map(decodeField);
  return { src, path, fstype, opts, dump, passno };
};

const render = ({ src, path, fstype, opts, dump, passno }: FstabEntry): string =>
  `${[src, path, fstype, opts, dump, passno].map(encodeField).join(' ')}\n`;

/** Swap has no path of its own, so that there it is the source that counts. */
const isSame = (entry: FstabEntry | undefined, path: string, src: string | undefined): boolean =>
  entry !== undefined &&
  entry.path === path &&
  !(src !== undefined && ['none', 'swap'].includes(path) && entry.fstype === 'swap' && entry.src !== src);

/** The entry of a path; undefined: there is none. */
export const findEntry = (text: string, path: string, src?: string): FstabEntry | undefined =>
  linesOf(text)
    .map(entryIn)
    .find((entry) => isSame(entry, path, src));

const equal = (a: FstabEntry, b: FstabEntry): boolean => render(a) === render(b);

/** The file with one line for the entry: where one of its path stands, or else at the end. A line that says the same stays as it is written. */
export const putEntry = (text: string, wanted: FstabEntry): string => {
  const lines = linesOf(text);
  const first = lines.findIndex((line) => isSame(entryIn(line), wanted.path, wanted.src));
  if (first === -1) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${render(wanted)}`;
  return lines
    .flatMap((line, index) => {
      const entry = entryIn(line);
      if (entry === undefined || !isSame(entry, wanted.path, wanted.src)) return [line];
      if (index !== first) return [];
      return [equal(entry, wanted) ? line : render(wanted)];
    })
    .join('');
};

export const dropEntry = (text: string, path: string, src?: string): string =>
  linesOf(text)
    .filter((line) => !isSame(entryIn(line), path, src))
    .join('');
