import { createAccount, modifyAccount, numbersIn, removeAccount } from '../actions/accounts.ts';
import { type AccountFact, account } from '../facts/accounts.ts';
import { group } from '../facts/groups.ts';
import type { Action } from '../model/action.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { unknown } from '../model/unknown.ts';
import { agingTexts, changesOf, differenceOf, planMembership } from './accounts/account-difference.ts';
import { planSshKey, type SshKeyPlan, sshKeyFacts, sshKeyResult } from './accounts/plan-ssh-key.ts';
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

/** What becomes of an account, before its SSH key is thought of. */
interface AccountPlan {
  readonly actions: readonly Action[];
  readonly after: AccountFact;
  readonly warnings: readonly string[];
}

const planCreate = (p: UserParams, facts: Facts): AccountPlan => {
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
    ...agingTexts(wantedAging(p) ?? {}, undefined),
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
    uidMin: p.uid_min,
    uidMax: p.uid_max,
    ownGroupExists: own !== 'absent',
    after,
    changes: [{ summary: `create user ${p.name}${details.length > 0 ? ` (${details.join('; ')})` : ''}` }],
  });
  return { actions: [action], after, warnings: [] };
};

const planModify = (p: UserParams, facts: Facts, before: AccountFact): AccountPlan => {
  const primary = p.group === undefined ? undefined : needGroup(facts, p.group);
  const membership = planMembership(p, facts, before, primary?.name ?? before.group);
  const wish = differenceOf(p, before, primary);
  const changes = changesOf(wish, membership, before);
  if (changes.length === 0) return { actions: [], after: before, warnings: [] };
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
  return { actions: [action], after, warnings };
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

/** Parts of a plan about what only the actions tell. */
interface Later {
  readonly result: Readonly<Record<string, unknown>>;
  readonly finish: NonNullable<TaskPlan['finish']>;
  readonly undone: Readonly<Record<string, unknown>>;
}

/** The numbers of an account that is there once the actions have run. */
const numbersLater = (p: UserParams): Later => {
  const later = unknown(`the account ${p.name}`);
  return {
    result: { uid: p.uid ?? later, group: later },
    finish: ([outcome]) => {
      const [uid, gid] = numbersIn(outcome?.stdout ?? '') ?? [];
      return { uid, group: gid };
    },
    undone: { uid: p.uid, group: undefined },
  };
};

/** The key that is there, or what will be known of it once it is made, by the last action. */
const keyResult = (key: SshKeyPlan | undefined): Later => {
  if (key === undefined) return { result: {}, finish: () => ({}), undone: {} };
  const result = { ssh_key_file: key.path, ...sshKeyResult(key.path, key.line) };
  if (key.actions.length === 0) return { result, finish: () => ({}), undone: {} };
  const later = unknown(`the key ${key.path}`);
  return {
    result: { ...result, ssh_public_key: later, ssh_fingerprint: later },
    finish: (outcomes) => sshKeyResult(key.path, outcomes.at(-1)?.stdout),
    undone: sshKeyResult(key.path, undefined),
  };
};

const planPresent = (
  p: UserParams,
  facts: Facts,
  before: AccountFact | 'absent',
  context: TaskContext,
): TaskPlan => {
  const account = before === 'absent' ? planCreate(p, facts) : planModify(p, facts, before);
  const key = p.generate_ssh_key ? planSshKey(p, facts, before, account.after, context.identity) : undefined;
  const numbers = before === 'absent' ? numbersLater(p) : undefined;
  const ofKey = keyResult(key);
  return {
    actions: [...account.actions, ...(key?.actions ?? [])],
    warnings: [...account.warnings, ...(key?.warnings ?? [])],
    result: { ...resultOf(p, before), ...numbers?.result, ...ofKey.result },
    ...((numbers !== undefined || (key?.actions.length ?? 0) > 0) && {
      finish: (outcomes) => ({ ...numbers?.finish(outcomes), ...ofKey.finish(outcomes) }),
      undone: { ...numbers?.undone, ...ofKey.undone },
    }),
  };
};

const plan = (p: UserParams, facts: Facts, context: TaskContext): TaskPlan => {
  const before = facts.get(keyOf(p));
  if (p.state === 'present') return planPresent(p, facts, before, context);
  return {
    actions: before === 'absent' ? [] : [removeAccount(p.name, before, p.remove, p.force)],
    result: resultOf(p, before),
  };
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

- name: User backup has a key, and a password that ends
  user:
    name: backup-agent
    generate_ssh_key: true
    ssh_key_type: ed25519
    password_expire_max: 90
    password_expire_warn: 14
  register: agent
`,
  params: userParams,
  aliases: { user: 'name', createhome: 'create_home' },
  secrets: ['password', 'ssh_key_passphrase'],
  facts: (p) => [
    keyOf(p),
    ...(p.state === 'present'
      ? [...new Set([p.name, ...(p.group === undefined ? [] : [p.group]), ...(p.groups ?? [])])].map(group)
      : []),
    ...(p.state === 'present' && p.generate_ssh_key ? sshKeyFacts(p) : []),
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
              ...wantedAging(p),
            },
            prunable: false,
          },
        ],
});
