import type { AccountWish } from '../../actions/accounts.ts';
import type { AccountFact, PasswordAging } from '../../facts/accounts.ts';
import type { GroupFact } from '../../facts/groups.ts';
import type { Change } from '../../model/action.ts';
import type { Facts } from '../../model/fact.ts';
import {
  millisecondsADay,
  needGroup,
  passwordDigest,
  type UserParams,
  wantedAging,
  wantedDay,
} from './user-params.ts';

/** The groups an account is to be in. */
export interface Membership {
  /** All groups afterwards; undefined: left alone. */
  readonly groups: readonly string[] | undefined;
  readonly joined: readonly GroupFact[];
  readonly left: readonly GroupFact[];
}

/** Of groups that an account leaves only the name is known. */
const unreadGroup = (name: string): GroupFact => ({ name, gid: -1, members: [] });

/** Which groups it joins and leaves. */
export const planMembership = (
  p: UserParams,
  facts: Facts,
  before: AccountFact,
  primary: string,
): Membership => {
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

const passwordDiffers = (p: UserParams, before: AccountFact): boolean =>
  p.password !== undefined &&
  p.update_password === 'always' &&
  before.shadow?.passwordSha256 !== passwordDigest(p.password);

const limits = ['min', 'max', 'warn', 'inactive'] as const;

/** The limits that are others; undefined: none is. */
const agingDifference = (p: UserParams, before: PasswordAging = {}): PasswordAging | undefined => {
  const wanted = wantedAging(p) ?? {};
  const differ = limits.filter((limit) => {
    const days = wanted[limit];
    return days !== undefined && (days < 0 ? undefined : days) !== before[limit];
  });
  return differ.length === 0 ? undefined : Object.fromEntries(differ.map((limit) => [limit, wanted[limit]]));
};

/** What of the account is not as wanted. */
export const differenceOf = (
  p: UserParams,
  before: AccountFact,
  primary: GroupFact | undefined,
): AccountWish => {
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
    aging: agingDifference(p, before.shadow?.aging),
  };
};

const arrow = (name: string, from: string | number, to: string | number | undefined): readonly Change[] =>
  to === undefined ? [] : [{ summary: `${name} ${from === '' ? '(none)' : from} -> ${to}` }];

const dayText = (day: number | null | undefined): string =>
  day === null || day === undefined ? 'never' : new Date(day * millisecondsADay).toISOString().slice(0, 10);

const limitText = (days: number | undefined): string =>
  days === undefined || days < 0 ? 'none' : String(days);

const agingChanges = (wish: PasswordAging = {}, before: PasswordAging = {}): readonly Change[] =>
  limits
    .filter((limit) => wish[limit] !== undefined)
    .flatMap((limit) => arrow(`password days ${limit}`, limitText(before[limit]), limitText(wish[limit])));

/** The same, for people. */
export const changesOf = (
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
  ...agingChanges(wish.aging, before.shadow?.aging),
  ...joined.map((fact) => ({ summary: `add to group ${fact.name}` })),
  ...left.map((fact) => ({ summary: `remove from group ${fact.name}` })),
];
