import { z } from 'zod';

const octal = /^0?[0-7]{3,4}$/;
const clause = '[ugoa]*(?:[-+=][rwxXstugo]*)+';
const symbolic = new RegExp(`^${clause}(?:,${clause})*$`);

const complaint = 'expected a file mode such as "0644" or u=rw,g=r,o=';

/** A file mode: octal digits as text, or symbolic. Numbers do not pass: YAML has lost how they were written. */
export const mode = () =>
  z.string({ error: complaint }).refine((text) => octal.test(text) || symbolic.test(text), {
    error: complaint,
  });

const everyUser = ['u', 'g', 'o'] as const;
type User = (typeof everyUser)[number];

const shiftOf: Readonly<Record<User, number>> = { u: 6, g: 3, o: 0 };
const specialOf: Readonly<Record<User, number>> = { u: 0o4000, g: 0o2000, o: 0o1000 };
const usualUmask = 0o022;

interface Before {
  readonly bits: number;
  readonly isDirectory: boolean;
  /** Nobody was named (`+w`), so the umask holds. */
  readonly masked: boolean;
}

const permissionBits = (letter: string, user: User, { bits, isDirectory, masked }: Before): number => {
  const shift = shiftOf[user];
  const plain = (value: number): number => (value << shift) & (masked ? ~usualUmask : ~0);
  switch (letter) {
    case 'r':
      return plain(4);
    case 'w':
      return plain(2);
    case 'x':
      return plain(1);
    case 'X':
      return isDirectory || (bits & 0o111) !== 0 ? 1 << shift : 0;
    case 's':
      return user === 'o' ? 0 : specialOf[user];
    case 't':
      return user === 'o' ? specialOf.o : 0;
    default:
      return ((bits >> shiftOf[letter as User]) & 7) << shift;
  }
};

const applyOperator = (operator: string, user: User, bits: number, change: number): number => {
  if (operator === '+') return bits | change;
  if (operator === '-') return bits & ~change;
  return (bits & ~((7 << shiftOf[user]) | specialOf[user])) | change;
};

const applyClause = (text: string, start: number, isDirectory: boolean): number => {
  const [, users = ''] = /^([ugoa]*)/.exec(text) ?? [];
  const named =
    users === '' || users.includes('a') ? everyUser : everyUser.filter((user) => users.includes(user));
  let bits = start;
  for (const [, operator = '', letters = ''] of text.matchAll(/([-+=])([rwxXstugo]*)/g)) {
    for (const user of named) {
      const before = { bits, isDirectory, masked: users === '' };
      const change = [...letters].reduce((sum, letter) => sum | permissionBits(letter, user, before), 0);
      bits = applyOperator(operator, user, bits, change);
    }
  }
  return bits;
};

/**
 * The mode that is wanted, in four octal digits.
 *
 * @param wanted   as `mode()` takes it
 * @param current  of the file, four octal digits; for a new one what it is made with
 */
export const resolveMode = (wanted: string, current: string, isDirectory: boolean): string => {
  const bits = octal.test(wanted)
    ? Number.parseInt(wanted, 8)
    : wanted
        .split(',')
        .reduce((before, text) => applyClause(text, before, isDirectory), Number.parseInt(current, 8));
  return bits.toString(8).padStart(4, '0');
};
