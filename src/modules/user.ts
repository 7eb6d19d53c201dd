import { z } from 'zod';
import { type AccountWish, createAccount, modifyAccount, removeAccount } from '../actions/accounts.ts';
import { type AccountFact, account } from '../facts/accounts.ts';
import { type GroupFact, group } from '../facts/groups.ts';
import type { Change } from '../model/action.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { sha256 } from '../util/sha256.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { refused, refusedUnlessFalse } from './params/refused.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

const line = () =>
  text().refine((value) => /^[^:\n\0]*$/.test(value), {
    error: 'expected a text without colons and line ends',
  });
const sshKeys = 'make a key with a command that has creates: ssh-keygen';
const aging = 'change the aging of passwords with a command: chage';

const params = z.strictObject({
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
  force: boolean().default(false).describe('With `absent`: even while it is logged in.'),
  generate_ssh_key: refusedUnlessFalse(sshKeys),
  ssh_key_bits: refused(sshKeys),
  ssh_key_comment: refused(sshKeys),
  ssh_key_file: refused(sshKeys),
  ssh_key_passphrase: refused(sshKeys),
  ssh_key_type: refused(sshKeys),
  password_expire_max: refused(aging),
  password_expire_min: refused(aging),
  password_expire_warn: refused(aging),
  local: refusedUnlessFalse('accounts are made by useradd'),
  seuser: refused('SELinux is not managed'),
});

type Params = z.infer<typeof params>;

const asksPassword = (p: Params): boolean => p.password !== undefined;

const keyOf = (p: Params): FactKey<AccountFact> => account(p.name, asksPassword(p));

const needGroup = (facts: Facts, name: string): GroupFact => {
  const fact = facts.get(group(name));
  if (fact === 'absent')
    throw new TaskFailure(`there is no group ${name}; a task with group: ${name} makes it`);
  return fact;
};

const millisecondsADay = 86_400_000;

/** Days since 1970, null: never; undefined: not asked for. */
const wantedDay = (p: Params): number | null | undefined => {
  if (p.expires === undefined) return undefined;
  return p.expires < 0 ? null : Math.floor((p.expires * 1000) / millisecondsADay);
};

const passwordDigest = (password: string): string => sha256(password.replace(/^!+/, ''));

const shadowAfter = (p: Params, before: AccountFact | undefined): AccountFact['shadow'] => ({
  locked:
    p.password_lock ??
    (p.password === undefined ? (before?.shadow?.locked ?? true) : p.password.startsWith('!')),
  expiresOnDay: wantedDay(p) === undefined ? before?.shadow?.expiresOnDay : (wantedDay(p) ?? undefined),
  passwordSha256:
    p.password === undefined ? (before?.shadow?.passwordSha256 ?? '') : passwordDigest(p.password),
});

const planCreate = (p: Params, facts: Facts): TaskPlan => {
  const primary = p.group === undefined ? undefined : needGroup(facts, p.group);
  const own = facts.get(group(p.name));
  const joined = (p.groups ?? []).map((name) => needGroup(facts, name));
  const others = joined.filter((fact) => fact.name !== (primary?.name ?? p.name));
  const after: AccountFact = {
    uid: p.uid ?? -1,
    gid: primary?.gid ?? (own === 'absent' ? -1 : own.gid),
    group: primary?.name ?? p.name,
    groups: others.map((fact) => fact.name).sort(),
    home: p.home ?? `/home/${p.name}`,
    shell: p.shell ?? '/bin/sh',
    comment: p.comment ?? '',
    shadow: shadowAfter(p, undefined),
  };
  const details = [
    ...(primary === undefined ? [] : [`group ${primary.name}`]),
    ...(others.length > 0 ? [`groups ${after.groups.join(', ')}`] : []),
    ...(p.home === undefined ? [] : [`home ${p.home}`]),
    ...(p.shell === undefined ? [] : [`shell ${p.shell}`]),
  ];
  const action = createAccount({
    name: p.name,
    wish: {
      uid: p.uid,
      nonUnique: p.non_unique,
      group: primary?.name,
      home: p.home,
      shell: p.shell,
      comment: p.comment,
      expiresOnDay: wantedDay(p),
      password: p.password,
      locked: p.password_lock,
    },
    groups: others,
    system: p.system,
    createHome: p.create_home,
    skeleton: p.skeleton,
    umask: p.umask,
    ownGroupExists: own !== 'absent',
    after,
    changes: [{ summary: `create user ${p.name}${details.length > 0 ? ` (${details.join('; ')})` : ''}` }],
  });
  return { actions: [action] };
};

interface Membership {
  /** All groups afterwards; undefined: left alone. */
  readonly groups: readonly string[] | undefined;
  readonly joined: readonly GroupFact[];
  readonly left: readonly GroupFact[];
}

/** Of groups that an account leaves only the name is known. */
const unreadGroup = (name: string): GroupFact => ({ name, gid: -1, members: [] });

const planMembership = (p: Params, facts: Facts, before: AccountFact, primary: string): Membership => {
  if (p.groups === undefined) return { groups: undefined, joined: [], left: [] };
  const wanted = p.groups.map((name) => needGroup(facts, name)).filter((fact) => fact.name !== primary);
  const names = wanted.map((fact) => fact.name);
  const joined = wanted.filter((fact) => !before.groups.includes(fact.name));
  const left = p.append === true ? [] : before.groups.filter((name) => !names.includes(name));
  return {
    groups: p.append === true ? [...new Set([...before.groups, ...names])].sort() : names.sort(),
    joined,
    left: left.map(unreadGroup),
  };
};

const differs = <T>(wanted: T | undefined, found: T): wanted is T => wanted !== undefined && wanted !== found;

const passwordDiffers = (p: Params, before: AccountFact): boolean =>
  p.password !== undefined &&
  p.update_password === 'always' &&
  before.shadow?.passwordSha256 !== passwordDigest(p.password);

const differenceOf = (p: Params, before: AccountFact, primary: GroupFact | undefined): AccountWish => {
  const setsPassword = passwordDiffers(p, before);
  const expires = wantedDay(p);
  const lockDiffers = p.password_lock !== undefined && p.password_lock !== before.shadow?.locked;
  return {
    uid: differs(p.uid, before.uid) ? p.uid : undefined,
    nonUnique: p.non_unique && differs(p.uid, before.uid),
    group: differs(primary?.name, before.group) ? primary?.name : undefined,
    home: differs(p.home, before.home) ? p.home : undefined,
    shell: differs(p.shell, before.shell) ? p.shell : undefined,
    comment: differs(p.comment, before.comment) ? p.comment : undefined,
    expiresOnDay:
      expires !== undefined && (expires ?? undefined) !== before.shadow?.expiresOnDay ? expires : undefined,
    password: setsPassword ? p.password : undefined,
    // A new password opens a closed account, so it is closed again.
    locked: lockDiffers || (setsPassword && p.password_lock === true) ? p.password_lock : undefined,
  };
};

const arrow = (name: string, from: string | number, to: string | number | undefined): readonly Change[] =>
  to === undefined ? [] : [{ summary: `${name} ${from === '' ? '(none)' : from} -> ${to}` }];

const dayText = (day: number | null | undefined): string =>
  day === null || day === undefined ? 'never' : new Date(day * millisecondsADay).toISOString().slice(0, 10);

const changesOf = (
  wish: AccountWish,
  { joined, left }: Membership,
  before: AccountFact,
): readonly Change[] => [
  ...arrow('uid', before.uid, wish.uid),
  ...arrow('group', before.group, wish.group),
  ...arrow('home', before.home, wish.home),
  ...arrow('shell', before.shell, wish.shell),
  ...arrow('comment', before.comment, wish.comment),
  ...(wish.expiresOnDay === undefined
    ? []
    : arrow('expires', dayText(before.shadow?.expiresOnDay), dayText(wish.expiresOnDay))),
  ...(wish.password === undefined ? [] : [{ summary: 'password set' }]),
  ...(wish.locked === undefined ? [] : [{ summary: wish.locked ? 'password locked' : 'password unlocked' }]),
  ...joined.map((fact) => ({ summary: `add to group ${fact.name}` })),
  ...left.map((fact) => ({ summary: `remove from group ${fact.name}` })),
];

const planModify = (p: Params, facts: Facts, before: AccountFact): TaskPlan => {
  const primary = p.group === undefined ? undefined : needGroup(facts, p.group);
  const membership = planMembership(p, facts, before, primary?.name ?? before.group);
  const wish = differenceOf(p, before, primary);
  const changes = changesOf(wish, membership, before);
  if (changes.length === 0) return { actions: [] };
  const warnings =
    p.append === undefined && membership.left.length > 0
      ? [
          `${p.name} is taken out of ${membership.left.map((fact) => fact.name).join(', ')}: groups without append means these and no others`,
        ]
      : [];
  const after: AccountFact = {
    uid: wish.uid ?? before.uid,
    gid: primary?.gid ?? before.gid,
    group: primary?.name ?? before.group,
    groups: membership.groups ?? before.groups,
    home: wish.home ?? before.home,
    shell: wish.shell ?? before.shell,
    comment: wish.comment ?? before.comment,
    shadow: shadowAfter({ ...p, password: wish.password }, before),
  };
  const action = modifyAccount({
    name: p.name,
    wish,
    groups: membership.groups,
    joined: membership.joined,
    left: membership.left,
    moveHome: p.move_home,
    before,
    after,
    changes,
  });
  return { actions: [action], warnings };
};

const resultOf = (p: Params, fact: AccountFact | 'absent'): Record<string, unknown> => ({
  name: p.name,
  state: p.state,
  ...(p.state === 'absent'
    ? { remove: p.remove, force: p.force }
    : {
        append: p.append ?? false,
        move_home: p.move_home,
        home: p.home ?? (fact === 'absent' ? `/home/${p.name}` : fact.home),
        shell: p.shell ?? (fact === 'absent' ? '/bin/sh' : fact.shell),
        comment: p.comment ?? (fact === 'absent' ? '' : fact.comment),
        ...(fact === 'absent' || fact.uid < 0 ? {} : { uid: p.uid ?? fact.uid, group: fact.gid }),
        ...(p.groups === undefined ? {} : { groups: p.groups.join(',') }),
      }),
});

const plan = (p: Params, facts: Facts): TaskPlan => {
  const before = facts.get(keyOf(p));
  const result = resultOf(p, before);
  if (p.state === 'absent')
    return { actions: before === 'absent' ? [] : [removeAccount(p.name, before, p.remove, p.force)], result };
  return { ...(before === 'absent' ? planCreate(p, facts) : planModify(p, facts, before)), result };
};

/** Login accounts, their groups and passwords. */
export const user = defineModule({
  name: 'user',
  summary: 'Makes, changes and removes login accounts.',
  examples: `- name: User matrix-synapse, in group redis
  user:
    name: matrix-synapse
    group: matrix-synapse
    groups: [redis]
    append: true
    system: true
    home: /var/lib/matrix-synapse
    create_home: false
    shell: /usr/sbin/nologin

- name: User www-data reaches Synapse's sockets
  user:
    name: www-data
    groups: matrix-synapse
    append: true
`,
  params,
  aliases: { user: 'name', createhome: 'create_home' },
  secrets: ['password'],
  facts: (p) => [
    keyOf(p),
    ...(p.state === 'present'
      ? [...new Set([p.name, ...(p.group === undefined ? [] : [p.group]), ...(p.groups ?? [])])].map(group)
      : []),
  ],
  plan,
  claims: (p) =>
    p.state === 'absent'
      ? []
      : [
          {
            key: account(p.name),
            wanted: {
              uid: p.uid ?? null,
              group: p.group ?? null,
              groups: p.groups ?? null,
              append: p.append ?? false,
              home: p.home ?? null,
              shell: p.shell ?? null,
              comment: p.comment ?? null,
              password: p.password === undefined ? null : passwordDigest(p.password),
            },
            prunable: false,
          },
        ],
});
