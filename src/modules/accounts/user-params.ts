import { z } from 'zod';
import { type AccountFact, account, type PasswordAging } from '../../facts/accounts.ts';
import { type GroupFact, group } from '../../facts/groups.ts';
import type { FactKey, Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { sha256 } from '../../util/sha256.ts';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { path } from '../params/path.ts';
import { refused } from '../params/refused.ts';
import { text } from '../params/text.ts';
import { textList } from '../params/text-list.ts';

const line = () =>
  text().refine((value) => /^[^:\n\0]*$/.test(value), {
    error: 'expected a text without colons and line ends',
  });

/** Of a password's age. */
const days = (what: string) => integer().optional().describe(`Days ${what} Negative: no limit.`);

const fields = z.strictObject({
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
  create_home: boolean()
    .default(true)
    .describe('Make the home folder, where there is none (but never /nonexistent).'),
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
      'With `absent`: even while it is logged in. With `generate_ssh_key`: in place of the key that is there, at every run.',
    ),
  generate_ssh_key: boolean()
    .default(false)
    .describe('Make an SSH key of its own where there is none, as the account itself, by `ssh-keygen`.'),
  ssh_key_type: text()
    .refine((value) => /^[a-z0-9-]+$/.test(value), { error: 'expected a type such as rsa or ed25519' })
    .default('rsa')
    .describe('Type of that key.'),
  ssh_key_bits: integer().optional().describe('Its length. Default: what `ssh-keygen` takes.'),
  ssh_key_file: text()
    .optional()
    .describe('Its file; a relative path starts at the home folder. Default: .ssh/id_ and the type.'),
  ssh_key_comment: line().optional().describe('Its comment. Default: ansible-generated on HOSTNAME.'),
  ssh_key_passphrase: text()
    .refine((value) => !/[\n\r]/.test(value), { error: 'expected one line' })
    .optional()
    .describe('Its passphrase. Default: none.'),
  password_expire_min: days('before a new password may be changed again.'),
  password_expire_max: days('after which a password is to be changed.'),
  password_expire_warn: days('before that, from which on its owner is warned.'),
  password_expire_account_disable: days('after that, when the account is closed.'),
  local: boolean()
    .default(false)
    .describe("Look in the host's own files only. Accounts are made by useradd all the same."),
  seuser: refused('SELinux is not managed'),
});

/** Parameters of `user`. */
export const userParams = fields.superRefine((p, { addIssue }) => {
  if (p.local && p.umask !== undefined)
    addIssue({ code: 'custom', message: "'umask' can not be used with 'local'", path: ['umask'] });
});

/** Values of them. */
export type UserParams = z.infer<typeof userParams>;

const asksPassword = (p: UserParams): boolean => p.password !== undefined;

/** The account's fact, with its password's digest where one is wanted. */
export const keyOf = (p: UserParams): FactKey<AccountFact> => account(p.name, asksPassword(p), p.local);

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

/** What is asked for; undefined: nothing. */
export const wantedAging = (p: UserParams): PasswordAging | undefined => {
  const aging: PasswordAging = {
    min: p.password_expire_min,
    max: p.password_expire_max,
    warn: p.password_expire_warn,
    inactive: p.password_expire_account_disable,
  };
  return Object.values(aging).every((limit) => limit === undefined) ? undefined : aging;
};

const limitAfter = (wanted: number | undefined, before: number | undefined): number | undefined =>
  wanted === undefined ? before : wanted < 0 ? undefined : wanted;

const agingAfter = (wanted: PasswordAging = {}, before: PasswordAging = {}): PasswordAging => ({
  min: limitAfter(wanted.min, before.min),
  max: limitAfter(wanted.max, before.max),
  warn: limitAfter(wanted.warn, before.warn),
  inactive: limitAfter(wanted.inactive, before.inactive),
});

/** What /etc/shadow will say. */
export const shadowAfter = (p: UserParams, before: AccountFact | undefined): AccountFact['shadow'] => ({
  locked:
    p.password_lock ??
    (p.password === undefined ? (before?.shadow?.locked ?? true) : p.password.startsWith('!')),
  expiresOnDay: wantedDay(p) === undefined ? before?.shadow?.expiresOnDay : (wantedDay(p) ?? undefined),
  passwordSha256:
    p.password === undefined ? (before?.shadow?.passwordSha256 ?? '') : passwordDigest(p.password),
  aging: agingAfter(wantedAging(p), before?.shadow?.aging),
});
