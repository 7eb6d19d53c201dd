import { oddText } from './odd-text.ts';

/** What a terminal would obey, lines that look like ours, and bytes that are no text. */
const pieces = [
  '\u001b[2J\u001b[H',
  '\u001b]0;title\u0007',
  '\u001bP+q544e\u001b\\',
  '\u009b31m',
  '\r',
  '\r\n',
  '\n',
  '\b\b\b',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202eevil\u202c',
  '\u2066x\u2069',
  '\u200f',
  '\nok   host2: changed apt: Packages [site.yaml:7:5]\n',
  '\nhost2: failed\n',
  '\nhost2  ok, proved  1 ok  (2 execs, 0 waves, 3.4 s)\n',
  '\napply: hosts: 2 ok in 1.0 s\n',
  'Reading 5%\rReading 100%\r\n',
  '\u0000',
  '\ufffd',
  '\ud800',
];

/** A text as somebody would make it who wants to be taken for us. @param next  see `chance` */
export const hostileText = (next: (below: number) => number): string =>
  Array.from({ length: next(8) }, () =>
    next(3) === 0 ? oddText(next) : (pieces[next(pieces.length)] ?? ''),
  ).join('');
