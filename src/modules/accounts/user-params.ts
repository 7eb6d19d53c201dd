import { z } from 'zod';
import { type AccountFact, account, type PasswordAging } from '../../facts/accounts.ts';
import { type GroupFact, group } from '../../facts/groups.ts';
import type { FactKey, Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { sha256 } from '../../util/sha256.ts';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { path } from '../params/path.ts';
import { refused, refusedUnlessFalse } from '../params/refused.ts';
import { text } from '../params/text.ts';
import { textList } from '../params/text-list.ts';

const line = () =>
  text().refine((value) => /^[^:\n\0]*$/.test(value), {
    error: 'expected a text without colons and line ends',
  });

/** Days, as shadow has them; -1 takes the number away. */
const days = (description: string) =>
  integer()
    .refine((value) => value >= -1, { error: 'expected a number of days, or -1 for none' })
    .optional()
    .describe(`${description} -1: none. Left alone when absent.`);

const oneLine = () => text().refine((value) => /^[^\n\r\0]*$/.test(value), { error: 'expected one line' });

/** Parameters of `user`. */
export const userParams = z.strictObject({
  name: text()
    .refine((value) => /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(value), {
      error: 'expected the name of an account',
    })
    .describe('Account to manage.'),
  uid: integer().optional().describe('Its number. Left alone when absent.'),
  non_unique: boolean().default(false).describe("The number may be another account's."),
  group: text()
    .optional()
    .describe('Primary group, which must be there. A new account gets one of its own name when absent.'),
  groups: textList()
    .optional()
    .describe('Supplementary groups, which must be there; an empty list means none. Left alone when absent.'),
  append: boolean()
    .optional()
    .describe(
      'Only add to `groups`. Without it the account is taken out of all others (with a warning, unless this says false).',
    ),
  shell: path().optional().describe('Login shell.'),
  home: path().optional().describe('Home folder.'),
  create_home: boolean().default(true).describe('Make the home folder of a new account.'),
  move_home: boolean().default(false).describe('Move the home folder when `home` changes.'),
  skeleton: path().optional().describe('Folder whose files a new home folder gets. Default: /etc/skel.'),
  umask: text()
    .refine((value) => /^0?[0-7]{3,4}$/.test(value), { error: 'expected a umask such as "0077"' })
    .optional()
    .describe('Umask for a new home folder.'),
  comment: line().optional().describe('Full name and the like.'),
  system: boolean().default(false).describe('A new account gets a number below 1000.'),
  password: line()
    .optional()
    .describe(
      'Hashed password, as `mkpasswd` makes it; `"!"` and `"*"` allow none. Compared by a hash of the hash.',
    ),
  update_password: z
    .enum(['always', 'on_create'])
    .default('always')
    .describe('Whether the password of an account that is there is changed.'),
  password_lock: boolean()
    .optional()
    .describe('Whether login by password is closed. Left alone when absent.'),
  expires: z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d+(\.\d+)?$/)
          .transform(Number),
      ],
      {
        error: 'expected seconds since 1970',
      },
    )
    .optional()
    .describe('Seconds since 1970 when the account closes; negative: never.'),
  state: z.enum(['present', 'absent']).default('present').describe('Whether it is to be there.'),
  remove: boolean().default(false).describe('With `absent`: its home folder and mail too.'),
  force: boolean()
    .default(false)
    .describe(
      'With `absent`: even while it is logged in. With `generate_ssh_key`: another key in place of the one that is there, in every run.',
    ),
  generate_ssh_key: boolean()
    .default(false)
    .describe(
      'Make an SSH key for the account where it has none; the host needs `ssh-keygen` (openssh-client).',
    ),
  ssh_key_type: text()
    .refine((value) => /^[a-z0-9][a-z0-9@.-]*$/.test(value), {
      error: 'expected a type as ssh-keygen takes it, such as ed25519',
    })
    .default('rsa')
    .describe('Type of that key, as `ssh-keygen -t` takes it.'),
  ssh_key_bits: integer()
    .refine((value) => value >= 0, { error: 'expected a number of bits' })
    .optional()
    .describe('Size of that key. What ssh-keygen takes by itself when absent.'),
  ssh_key_file: z
    .union([path(), z.string().regex(/^[^/~\0][^\0]*$/)], { error: 'expected a path' })
    .optional()
    .describe(
      "File of that key, absolute or from the home folder; `.pub` is the public one's. Default: `.ssh/id_` and the type.",
    ),
  ssh_key_comment: oneLine()
    .optional()
    .describe('Comment of that key. Default: `ansible-generated on` and the name of the host.'),
  ssh_key_passphrase: oneLine()
    .optional()
    .describe('Passphrase of a key that is made; that of one that is there is left alone.'),
  password_expire_min: days('Days before a password may be changed again.'),
  password_expire_max: days('Days after which a password has to be changed.'),
  password_expire_warn: days('Days of warning before that.'),
  password_expire_account_disable: days('Days after that until the account is closed.'),
  uid_min: integer()
    .optional()
    .describe('Least number that a new account gets by itself, in place of that of /etc/login.defs.'),
  uid_max: integer()
    .optional()
    .describe('Greatest number that a new account gets by itself, in place of that of /etc/login.defs.'),
  local: refusedUnlessFalse('accounts are made by useradd'),
  seuser: refused('SELinux is not managed'),
});

/** Values of them. */
export type UserParams = z.infer<typeof userParams>;

const asksPassword = (p: UserParams): boolean => p.password !== undefined;

/** What is asked for of how passwords age; undefined: nothing. */
export const wantedAging = (p: UserParams): Partial<PasswordAging> | undefined => {
  const wanted: readonly (readonly [keyof PasswordAging, number | undefined])[] = [
    ['minDays', p.password_expire_min],
    ['maxDays', p.password_expire_max],
    ['warnDays', p.password_expire_warn],
    ['inactiveDays', p.password_expire_account_disable],
  ];
  const given = wanted.filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
};

/** The account's fact, with its password's digest and its aging where they are wanted. */
export const keyOf = (p: UserParams): FactKey<AccountFact> =>
  account(p.name, asksPassword(p), wantedAging(p) !== undefined);

/** @throws TaskFailure where the group is not there */
export const needGroup = (facts: Facts, name: string): GroupFact => {
  const fact = facts.get(group(name));
  if (fact === 'absent')
    throw new TaskFailure(`there is no group ${name}; a task with group: ${name} makes it`);
  return fact;
};

/** Of UTC's days. */
export const millisecondsADay = 86_400_000;

/** Days since 1970, null: never; undefined: not asked for. */
export const wantedDay = (p: UserParams): number | null | undefined => {
  if (p.expires === undefined) return undefined;
  return p.expires < 0 ? null : Math.floor((p.expires * 1000) / millisecondsADay);
};

/** As the fact has it: of the hash, without the `!` of a lock. */
export const passwordDigest = (password: string): string => sha256(password.replace(/^!+/, ''));

/** A new account has what /etc/login.defs says: as Debian has it, until it is looked at. */
const newAging: PasswordAging = { minDays: 0, maxDays: 99_999, warnDays: 7, inactiveDays: -1 };

const agingAfter = (p: UserParams, before: AccountFact | undefined): { readonly aging?: PasswordAging } => {
  const wanted = wantedAging(p);
  return wanted === undefined ? {} : { aging: { ...(before?.shadow?.aging ?? newAging), ...wanted } };
};

/** What /etc/shadow will say. */
export const shadowAfter = (p: UserParams, before: AccountFact | undefined): AccountFact['shadow'] => ({
  locked:
    p.password_lock ??
    (p.password === undefined ? (before?.shadow?.locked ?? true) : p.password.startsWith('!')),
  expiresOnDay: wantedDay(p) === undefined ? before?.shadow?.expiresOnDay : (wantedDay(p) ?? undefined),
  passwordSha256:
    p.password === undefined ? (before?.shadow?.passwordSha256 ?? '') : passwordDigest(p.password),
  ...agingAfter(p, before),
});
