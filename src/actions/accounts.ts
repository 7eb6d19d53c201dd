import { type AccountFact, account, type PasswordAging } from '../facts/accounts.ts';
import { type GroupFact, group } from '../facts/groups.ts';
import type { Action, Change } from '../model/action.ts';
import type { FactEffect, Taint } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { unknown } from '../model/unknown.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** What an account is to be made with or changed to; undefined: left to the system, or alone. */
export interface AccountWish {
  readonly uid?: number | undefined;
  readonly nonUnique?: boolean | undefined;
  /** Primary group. */
  readonly group?: string | undefined;
  readonly home?: string | undefined;
  readonly shell?: string | undefined;
  readonly comment?: string | undefined;
  /** Days since 1970; null: never. */
  readonly expiresOnDay?: number | null | undefined;
  /** Hashed. */
  readonly password?: string | undefined;
  readonly locked?: boolean | undefined;
  /** Negative: no limit. */
  readonly aging?: PasswordAging | undefined;
}

export interface CreateAccount {
  readonly name: string;
  readonly wish: AccountWish;
  readonly groups: readonly GroupFact[];
  readonly system: boolean;
  readonly createHome: boolean;
  readonly skeleton?: string | undefined;
  /** Umask for the home folder, octal digits. */
  readonly umask?: string | undefined;
  /** A group of the account's name exists, which useradd would not take for its primary group by itself. */
  readonly ownGroupExists: boolean;
  /** What is predicted of the account. */
  readonly after: AccountFact;
  readonly changes: readonly Change[];
}

/** Home folders appear, vanish and move: files below them are not what they were. */
export const filesUnder = (homes: readonly string[]): readonly Taint[] =>
  homes.flatMap((under) => ['file', 'content', 'tree'].map((kind) => ({ kind, under })));

const day = (value: number | null): string =>
  value === null ? '' : new Date(value * 86_400_000).toISOString().slice(0, 10);

const option = (flag: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [flag, String(value)];

const wishOptions = (wish: AccountWish): readonly string[] => [
  ...option('-u', wish.uid),
  ...(wish.nonUnique === true ? ['-o'] : []),
  ...option('-g', wish.group),
  ...option('-d', wish.home),
  ...option('-s', wish.shell),
  ...option('-c', wish.comment),
  ...option('-e', wish.expiresOnDay === undefined ? undefined : day(wish.expiresOnDay)),
];

/** On standard input, since `usermod -p` would show the hash in a list of processes. */
const setPassword = (name: string, password: string): Sh =>
  sh`printf '%s:%s\n' ${name} ${password} | chpasswd -e`;

/** By chage: of its limits usermod knows `inactive` only. */
/** chage knows no other negative number. */
const days = (number: number | undefined): number | undefined =>
  number === undefined ? undefined : Math.max(-1, number);

const setAging = (name: string, { min, max, warn, inactive }: PasswordAging = {}): readonly Sh[] => {
  const options = [
    ...option('-m', days(min)),
    ...option('-M', days(max)),
    ...option('-W', days(warn)),
    ...option('-I', days(inactive)),
  ];
  return options.length === 0 ? [] : [sh`chage ${options} -- ${name}`];
};

/** The group facts that follow from an account's being in some and no longer in others. */
const membership = (
  name: string,
  joined: readonly GroupFact[],
  left: readonly GroupFact[],
): readonly FactEffect[] => [
  ...joined.map(
    (fact): FactEffect<GroupFact> => ({
      key: group(fact.name),
      value: { ...fact, members: [...new Set([...fact.members, name])].sort() },
    }),
  ),
  ...left.map(
    (fact): FactEffect<GroupFact> => ({
      key: group(fact.name),
      value: { ...fact, members: fact.members.filter((member) => member !== name) },
    }),
  ),
];

/** Numbers in an entry of passwd or group that an action has printed last. Undefined: there is none. */
export const numbersIn = (output: string): readonly number[] | undefined => {
  const [, ...fields] =
    /^[^:\n]+:[^:\n]*:(\d+):(?:(\d+):)?.*\n?$/m.exec(output.trimEnd().split('\n').at(-1) ?? '') ?? [];
  return fields.length === 0 ? undefined : fields.filter((field) => field !== undefined).map(Number);
};

/** What comes to be of an account, whoever is asked for it. */
export const accountAfter = (name: string, value: AccountFact | 'absent'): readonly FactEffect[] => [
  { key: account(name), value },
  { key: account(name, false, true), value },
];

/** Makes an account, and the group of its name where no primary group was named. Prints its entry. */
export const createAccount = (create: CreateAccount): Action => {
  const { name, wish, groups, system, createHome, skeleton, umask, ownGroupExists, after } = create;
  const makesGroup = wish.group === undefined && !ownGroupExists;
  const options = [
    ...wishOptions({ ...wish, group: wish.group ?? (ownGroupExists ? name : undefined) }),
    ...(groups.length > 0 ? ['-G', groups.map((fact) => fact.name).join(',')] : []),
    ...(system ? ['-r'] : []),
    createHome ? '-m' : '-M',
    ...(createHome ? option('-k', skeleton) : []),
    ...(umask === undefined ? [] : ['-K', `UMASK=${umask}`]),
  ];
  return {
    kind: 'create-account',
    summary: `create user ${name}`,
    changes: create.changes,
    sh: joinSh([
      sh`useradd ${options} -- ${name}`,
      ...(wish.password === undefined ? [] : [setPassword(name, wish.password)]),
      ...(wish.locked === true ? [sh`usermod -L -- ${name}`] : []),
      ...setAging(name, wish.aging),
      sh`getent passwd -- ${name} || :`,
    ]),
    capture: true,
    taints: createHome ? filesUnder([after.home]) : [],
    predicts: [
      ...accountAfter(name, after),
      ...(makesGroup ? [{ key: group(name), value: { name, gid: -1, members: [] } }] : []),
      ...membership(name, groups, []),
    ],
  };
};

export interface ModifyAccount {
  readonly name: string;
  /** Only what differs. */
  readonly wish: AccountWish;
  /** All supplementary groups it is to be in afterwards; undefined: left alone. */
  readonly groups?: readonly string[] | undefined;
  readonly joined: readonly GroupFact[];
  readonly left: readonly GroupFact[];
  readonly moveHome: boolean;
  readonly before: AccountFact;
  readonly after: AccountFact;
  readonly changes: readonly Change[];
}

/** `-aG` where groups are only added, so that a membership made meanwhile is not undone. */
const groupOptions = ({ groups, joined, left }: ModifyAccount): readonly string[] => {
  if (groups === undefined) return [];
  if (left.length > 0) return ['-G', groups.join(',')];
  return joined.length > 0 ? ['-a', '-G', joined.map((fact) => fact.name).join(',')] : [];
};

/** Changes an account. */
export const modifyAccount = (modify: ModifyAccount): Action => {
  const { name, wish, joined, left, moveHome, before, after, changes } = modify;
  const options = [
    ...wishOptions(wish),
    ...groupOptions(modify),
    ...(moveHome && wish.home !== undefined ? ['-m'] : []),
  ];
  return {
    kind: 'modify-account',
    summary: `change user ${name}`,
    changes,
    sh: joinSh([
      ...(options.length > 0 ? [sh`usermod ${options} -- ${name}`] : []),
      ...(wish.password === undefined ? [] : [setPassword(name, wish.password)]),
      ...(wish.locked === undefined ? [] : [sh`usermod ${wish.locked ? '-L' : '-U'} -- ${name}`]),
      ...setAging(name, wish.aging),
    ]),
    taints: moveHome && wish.home !== undefined ? filesUnder([before.home, after.home]) : [],
    predicts: [...accountAfter(name, after), ...membership(name, joined, left)],
  };
};

export interface RemoveAccount {
  readonly name: string;
  readonly before: AccountFact;
  /** Its home and mail too. */
  readonly remove: boolean;
  /** Even while it is logged in. */
  readonly force: boolean;
  /** Only the host's own files were asked: a directory may have one of that name. */
  readonly local: boolean;
}

/** Removes an account. */
export const removeAccount = ({ name, before, remove, force, local }: RemoveAccount): Action => ({
  kind: 'remove-account',
  summary: `remove user ${name}`,
  changes: [{ summary: `remove user ${name}${remove ? ` and ${before.home}` : ''}` }],
  sh: sh`userdel ${[...(force ? ['-f'] : []), ...(remove ? ['-r'] : [])]} -- ${name}`,
  // The group of its name may go with it (USERGROUPS_ENAB), and every group loses a member.
  taints: [{ kind: 'group' }, ...(remove ? filesUnder([before.home]) : [])],
  predicts: [
    ...accountAfter(name, 'absent'),
    ...(local ? [{ key: account(name), value: unknown(`the account ${name}`) }] : []),
  ],
});
