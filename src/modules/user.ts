import { createAccount, modifyAccount, numbersIn, removeAccount } from '../actions/accounts.ts';
import { type AccountFact, account } from '../facts/accounts.ts';
import { group } from '../facts/groups.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { unknown } from '../model/unknown.ts';
import { changesOf, differenceOf, planMembership } from './accounts/account-difference.ts';
import { filesOfUser, type KeyPlan, keyResult, planHome, planKey } from './accounts/home-and-key.ts';
import {
  keyOf,
  needGroup,
  passwordDigest,
  shadowAfter,
  type UserParams,
  userParams,
  wantedAging,
  wantedDay,
} from './accounts/user-params.ts';

/** @see crypt(5): what a hash is made of, and how long those are that begin with `$1$`, `$5$` and `$6$` */
const lengths: Readonly<Record<string, number>> = { 1: 22, 5: 43, 6: 86 };

/** A password that no login can match. */
const isHashed = (password: string): boolean => {
  if (/^[!*]*$/.test(password)) return true;
  const [, kind, ...rest] = password.replace(/^!+/, '').split('$');
  const hash = rest.at(-1) ?? '';
  return kind !== undefined && /^[\w./=]+$/.test(hash) && (lengths[kind] ?? hash.length) === hash.length;
};

const warningsOf = (p: UserParams): readonly string[] => [
  ...(p.password === undefined || isHashed(p.password)
    ? []
    : [
        'The input password appears not to have been hashed: password takes what mkpasswd prints, and nobody can log in with this',
      ]),
  ...(p.append === true && p.groups === undefined
    ? ["'append' is set, but no 'groups' are specified. Use 'groups' for appending new groups"]
    : []),
];

const planCreate = (p: UserParams, facts: Facts): TaskPlan => {
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
    hasHome: p.create_home,
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
      aging: wantedAging(p),
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

const planModify = (p: UserParams, facts: Facts, before: AccountFact): TaskPlan => {
  const primary = p.group === undefined ? undefined : needGroup(facts, p.group);
  const membership = planMembership(p, facts, before, primary?.name ?? before.group);
  const wish = differenceOf(p, before, primary);
  const changes = changesOf(wish, membership, before);
  if (changes.length === 0) return { actions: planHome(p, before, before.home, facts) };
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
    // One that is moved is there afterwards.
    hasHome: wish.home === undefined || p.move_home ? before.hasHome : false,
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
  return { actions: [action, ...planHome(p, after, after.home, facts)], warnings };
};

const resultOf = (p: UserParams, fact: AccountFact | 'absent'): Record<string, unknown> => ({
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

/** The same, and the account's SSH key after it. */
const withKey = (plan: TaskPlan, key: KeyPlan | undefined): TaskPlan => {
  if (key === undefined) return plan;
  const { path, publicKey } = key;
  if (publicKey !== undefined) return { ...plan, result: { ...plan.result, ...keyResult(path, publicKey) } };
  const later = unknown(`the SSH key ${path}`);
  return {
    ...plan,
    actions: [...plan.actions, ...key.actions],
    result: { ...plan.result, ssh_key_file: path, ssh_public_key: later, ssh_fingerprint: later },
    finish: (outcomes) => ({
      ...plan.finish?.(outcomes),
      ...keyResult(path, outcomes.at(-1)?.stdout ?? ''),
    }),
    undone: { ...plan.undone, ssh_key_file: path, ssh_public_key: undefined, ssh_fingerprint: undefined },
  };
};

const plan = (p: UserParams, facts: Facts): TaskPlan => {
  const before = facts.get(keyOf(p));
  const result = resultOf(p, before);
  if (p.state === 'absent')
    return { actions: before === 'absent' ? [] : [removeAccount({ ...p, before })], result };
  const warnings = warningsOf(p);
  if (before !== 'absent') {
    const changed = planModify(p, facts, before);
    const key = planKey(p, p.home ?? before.home, facts);
    return withKey({ ...changed, result, warnings: [...warnings, ...(changed.warnings ?? [])] }, key);
  }
  const later = unknown(`the account ${p.name}`);
  const created: TaskPlan = {
    ...planCreate(p, facts),
    warnings,
    result: { ...result, uid: p.uid ?? later, group: later },
    finish: ([outcome]) => {
      const [uid, gid] = numbersIn(outcome?.stdout ?? '') ?? [];
      return { uid, group: gid };
    },
    undone: { uid: p.uid, group: undefined },
  };
  return withKey(created, planKey(p, p.home ?? `/home/${p.name}`, facts));
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
    create_home: false

- name: User deploy, with an SSH key and a password that lasts 90 days
  user:
    name: deploy
    generate_ssh_key: true
    ssh_key_type: ed25519
    password_expire_max: 90
`,
  params: userParams,
  aliases: { user: 'name', createhome: 'create_home' },
  secrets: ['password', 'ssh_key_passphrase'],
  facts: (p) => [
    keyOf(p),
    ...(p.state === 'present'
      ? [...new Set([p.name, ...(p.group === undefined ? [] : [p.group]), ...(p.groups ?? [])])].map(group)
      : []),
    ...filesOfUser(p),
  ],
  plan,
  claims: (p) =>
    p.state === 'absent'
      ? []
      : [
          {
            key: account(p.name, false, p.local),
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
