import { z } from 'zod';
import { type AptSettings, usualAptSettings } from '../actions/apt-get.ts';
import { aptInstall, type PackageWish } from '../actions/apt-install.ts';
import { aptRemove } from '../actions/apt-remove.ts';
import { aptUpdate } from '../actions/apt-update.ts';
import { aptWork } from '../actions/apt-work.ts';
import { aptCandidate } from '../facts/apt-candidates.ts';
import { aptLists } from '../facts/apt-lists.ts';
import { type AptSimulationFact, type AptWork, aptSimulation } from '../facts/apt-simulations.ts';
import { debFile } from '../facts/deb-files.ts';
import { packageGlob } from '../facts/package-globs.ts';
import { type PackageFact, packageFact } from '../facts/packages.ts';
import type { Action, Change } from '../model/action.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { compareDebianVersions } from '../util/compare-debian-versions.ts';
import { matchesGlob } from '../util/matches-glob.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';
import { textList } from './params/text-list.ts';

/** `name`, `name:arch`, `name=version`, `name>=version`; `*`, `?` and `[…]` in names and versions. */
const spec = /^([a-z0-9*?[][a-z0-9*?[\]!.+:-]*?)(?:\s*(>=|=)\s*([A-Za-z0-9.+:~*?[\]!-]+))?$/;

const names = () =>
  textList().refine((list) => list.every((name) => spec.test(name) && !/-$/.test(name)), {
    error: 'expected names of packages: redis-server, redis-server=5:7.0.15-1, "nginx*"',
  });

const params = z.strictObject({
  name: names()
    .optional()
    .describe(
      'Packages: `redis-server`, `libc6:i386`, `nginx=1.22*`, `nginx>=1.22`, `"php8.*"`. A virtual package counts as installed when another that provides it is. `"*"` with `state: latest` upgrades all.',
    ),
  state: z
    .enum(['present', 'absent', 'latest', 'build-dep', 'fixed'])
    .default('present')
    .describe(
      '`latest` upgrades to what the package lists offer, except held packages; `build-dep` installs what is needed to build; `fixed` repairs broken dependencies.',
    ),
  update_cache: boolean()
    .optional()
    .describe(
      "Update the package lists. With packages to be `present` that is done together with an installation only: with nothing to install it would change nothing that was asked for. With `latest` and `upgrade`, when the lists are older than `cache_valid_time` (or an hour), or than a file in /etc/apt/sources.list.d. Alone: the same, but without `cache_valid_time` on every run, which can't be proved. Without `update_cache` the lists are updated only when a package can't be had by the present ones.",
    ),
  cache_valid_time: integer()
    .default(0)
    .describe('Seconds for which package lists are new enough. Implies `update_cache`.'),
  purge: boolean()
    .default(false)
    .describe('With `absent`: configuration files too, also of packages removed earlier.'),
  autoremove: boolean().default(false).describe('Remove packages that nothing depends on any more.'),
  autoclean: boolean()
    .default(false)
    .describe('Delete downloaded archives that cannot be downloaded any more.'),
  clean: boolean().default(false).describe('Delete all downloaded archives.'),
  install_recommends: boolean()
    .optional()
    .describe('Recommended packages too. Default: as apt is configured.'),
  default_release: text().optional().describe('Release to prefer: `bookworm-backports`.'),
  upgrade: z
    .union([z.enum(['no', 'yes', 'safe', 'full', 'dist']), z.boolean()], {
      error: 'expected no, yes, safe, full or dist',
    })
    .default('no')
    .describe('Upgrade all packages. `yes` and `safe` remove none; `full` and `dist` may.'),
  dpkg_options: text()
    .default(usualAptSettings.dpkgOptions.join(','))
    .describe('Options of dpkg without dashes, with commas between.'),
  deb: path().optional().describe('A .deb file on the host to install, with what it depends on.'),
  allow_downgrade: boolean().default(false).describe('An older version may replace a newer one.'),
  allow_unauthenticated: boolean().default(false).describe('Install what is not signed.'),
  allow_change_held_packages: boolean().default(false).describe('Change packages on hold.'),
  only_upgrade: boolean().default(false).describe('Leave alone what is not installed.'),
  fail_on_autoremove: boolean().default(false).describe('Fail where packages would have to be removed.'),
  force: boolean()
    .default(false)
    .describe('Downgrades, unsigned packages, held ones, removal of essential ones: all allowed.'),
  policy_rc_d: integer()
    .optional()
    .describe(
      'Exit status of a policy-rc.d that stands during the installation; 101: packages start no services.',
    ),
  lock_timeout: integer()
    .default(usualAptSettings.lockTimeoutSeconds)
    .describe('Seconds to wait for another apt or dpkg.'),
  update_cache_retries: integer()
    .default(usualAptSettings.retries)
    .describe('How often a download is tried again.'),
  update_cache_retry_max_delay: integer().optional().describe("Accepted for Ansible's sake; apt decides."),
  force_apt_get: boolean().optional().describe("Accepted for Ansible's sake: apt-get is always used."),
  auto_install_module_deps: boolean()
    .optional()
    .describe("Accepted for Ansible's sake: nothing is needed on the host."),
});

type Params = z.infer<typeof params>;

interface Spec {
  readonly name: string;
  readonly relation: '=' | '>=' | undefined;
  readonly version: string;
}

const parseSpec = (written: string): Spec => {
  const [, name = '', relation, version = ''] = spec.exec(written) ?? [];
  return { name, relation: relation as Spec['relation'], version };
};

const isGlob = (name: string): boolean => /[*?[]/.test(name);

const specsOf = (p: Params): readonly Spec[] => (p.name ?? []).map(parseSpec);

/** `name: "*"` with `latest` means an upgrade of everything. */
const upgradesAll = (p: Params): boolean => p.state === 'latest' && (p.name ?? []).includes('*');

const upgradeOf = (
  p: Params,
): { readonly work: AptWork; readonly options: readonly string[] } | undefined => {
  if (p.upgrade === 'full' || p.upgrade === 'dist') return { work: 'dist-upgrade', options: [] };
  if (p.upgrade === 'no' || p.upgrade === false)
    return upgradesAll(p) ? { work: 'upgrade', options: ['--with-new-pkgs'] } : undefined;
  return { work: 'upgrade', options: ['--with-new-pkgs'] };
};

const settingsOf = (p: Params): AptSettings => {
  const recommends = { true: ['--install-recommends'], false: ['--no-install-recommends'], undefined: [] };
  const flags: readonly (readonly [boolean, string])[] = [
    [p.autoremove && p.name !== undefined, '--auto-remove'],
    [p.only_upgrade, '--only-upgrade'],
    [p.allow_downgrade || p.force, '--allow-downgrades'],
    [p.allow_unauthenticated || p.force, '--allow-unauthenticated'],
    [p.allow_change_held_packages || p.force, '--allow-change-held-packages'],
    [p.force, '--allow-remove-essential'],
    [p.fail_on_autoremove, '--no-remove'],
    [p.state === 'fixed', '--fix-broken'],
  ];
  return {
    lockTimeoutSeconds: p.lock_timeout,
    dpkgOptions: p.dpkg_options
      .split(',')
      .map((option) => option.trim())
      .filter((option) => option !== ''),
    options: [
      ...recommends[`${p.install_recommends}`],
      ...(p.default_release === undefined ? [] : ['-t', p.default_release]),
      ...flags.flatMap(([isSet, flag]) => (isSet ? [flag] : [])),
    ],
    policyRcD: p.policy_rc_d,
    retries: p.update_cache_retries,
  };
};

const updates = (p: Params): boolean => p.update_cache ?? p.cache_valid_time > 0;

/** Seconds; `fallback` where the user named none. */
const validity = (p: Params, fallback: number): number =>
  p.cache_valid_time > 0 ? p.cache_valid_time : fallback;

/** Why the package lists are to be updated; undefined: they are new enough. */
const staleness = (facts: Facts, validSeconds: number): string | undefined => {
  const lists = facts.get(aptLists);
  if (lists === 'absent') return 'there are none';
  if (lists.sourcesNewer) return 'older than the sources';
  return lists.ageSeconds > validSeconds ? `older than ${validSeconds} s` : undefined;
};

const hour = 3600;

/** With names to be present, lists are only looked at to decide whether an installation updates them first. */
const updatesFirst = (p: Params, facts: Facts, fallback: number): boolean =>
  updates(p) && staleness(facts, validity(p, fallback)) !== undefined;

const isInstalled = (fact: PackageFact | 'absent'): fact is PackageFact =>
  fact !== 'absent' && fact.status === 'installed';

const satisfies = (fact: PackageFact, { relation, version }: Spec): boolean => {
  // NOTE: a predicted version is '', since nobody knows it before: taken as what was asked for.
  if (relation === undefined || fact.version === '') return true;
  if (relation === '>=') return compareDebianVersions(fact.version, version) >= 0;
  return matchesGlob(fact.version, version);
};

const refuseDowngrade = (p: Params, fact: PackageFact, wanted: Spec): void => {
  const isOlder =
    wanted.relation === '=' &&
    !isGlob(wanted.version) &&
    compareDebianVersions(fact.version, wanted.version) > 0;
  if (isOlder && !p.allow_downgrade && !p.force)
    throw new TaskFailure(
      `${wanted.name} ${fact.version} is installed, and ${wanted.version} is older: allow_downgrade: true lets it replace that`,
    );
};

const wishOf = (wanted: Spec, fact: PackageFact | 'absent', to?: string): PackageWish => ({
  name: wanted.name,
  version: wanted.relation === '=' ? wanted.version : undefined,
  from: isInstalled(fact) ? fact.version : undefined,
  to,
});

/** What of one package is to be installed, if anything. */
const wishFor = (p: Params, facts: Facts, wanted: Spec, warnings: string[]): PackageWish | undefined => {
  const fact = facts.get(packageFact(wanted.name));
  if (!isInstalled(fact)) return p.only_upgrade ? undefined : wishOf(wanted, fact);
  if (!satisfies(fact, wanted)) {
    refuseDowngrade(p, fact, wanted);
    return wishOf(wanted, fact);
  }
  if (p.state !== 'latest' || wanted.relation === '=' || fact.provider !== undefined || fact.version === '')
    return undefined;
  const candidate = facts.get(aptCandidate(wanted.name, p.default_release));
  if (candidate === 'absent' || candidate.version === '') return undefined;
  if (compareDebianVersions(candidate.version, fact.version) <= 0) return undefined;
  if (fact.held && !p.allow_change_held_packages && !p.force) {
    warnings.push(`${wanted.name} is on hold at ${fact.version} (${candidate.version} could be installed)`);
    return undefined;
  }
  return wishOf(wanted, fact, candidate.version);
};

/** Patterns of which not all is installed that they stand for. */
const missingGlobs = (facts: Facts, globs: readonly string[]): readonly string[] =>
  globs.filter((glob) => {
    const fact = facts.get(packageGlob(glob));
    if (fact === 'absent' || fact.available.length === 0)
      return fact === 'absent' || fact.installed.length === 0;
    return fact.available.some((name) => !fact.installed.includes(name));
  });

const planInstall = (p: Params, facts: Facts, warnings: string[]): readonly Action[] => {
  const specs = specsOf(p);
  // With `latest`, old lists cannot tell what is newest: everything is asked for again after the update.
  const blind = p.state === 'latest' && updatesFirst(p, facts, hour);
  const packages = specs
    .filter(({ name }) => !isGlob(name))
    .flatMap((wanted) => {
      const wish = wishFor(p, facts, wanted, warnings);
      if (wish !== undefined) return [wish];
      const fact = facts.get(packageFact(wanted.name));
      return blind && isInstalled(fact) && !fact.held ? [wishOf(wanted, fact)] : [];
    });
  const globs = missingGlobs(facts, specs.map(({ name }) => name).filter(isGlob));
  if (packages.length + globs.length === 0) return [];
  const updateFirst = blind || (updates(p) && updatesFirst(p, facts, 0));
  return [aptInstall({ packages, globs, updateFirst, settings: settingsOf(p) })];
};

const planRemove = (p: Params, facts: Facts): readonly Action[] => {
  const there = specsOf(p).flatMap(({ name }) => {
    if (isGlob(name)) {
      const fact = facts.get(packageGlob(name));
      return fact === 'absent' ? [] : fact.installed;
    }
    const fact = facts.get(packageFact(name));
    // What provides a virtual package is not what was named.
    const counts =
      fact !== 'absent' && fact.provider === undefined && (p.purge || fact.status !== 'config-files');
    return counts ? [name] : [];
  });
  return there.length === 0 ? [] : [aptRemove(there, p.purge, settingsOf(p))];
};

const changesOf = (fact: AptSimulationFact | 'absent'): readonly Change[] =>
  fact === 'absent'
    ? []
    : [
        ...fact.installs.map(({ name, version }) => ({ summary: `install ${name} ${version}` })),
        ...fact.removes.map((name) => ({ summary: `remove ${name}` })),
        ...fact.deletes.map((name) => ({ summary: `delete the archive of ${name}` })),
      ];

const planWork = (
  p: Params,
  facts: Facts,
  work: AptWork,
  options: readonly string[] = [],
): readonly Action[] => {
  const changes = changesOf(facts.get(aptSimulation(work, options)));
  return changes.length === 0 ? [] : [aptWork(work, options, changes, false, settingsOf(p))];
};

const planUpgrade = (p: Params, facts: Facts): readonly Action[] => {
  const upgrade = upgradeOf(p);
  if (upgrade === undefined) return [];
  if (!updatesFirst(p, facts, hour)) return planWork(p, facts, upgrade.work, upgrade.options);
  const changes = [{ summary: 'update the package lists, and upgrade what they offer' }];
  return [aptWork(upgrade.work, upgrade.options, changes, true, settingsOf(p))];
};

const planBuildDep = (p: Params, facts: Facts): readonly Action[] => {
  const packages = (p.name ?? []).map((name) => ({ name }));
  const changes = changesOf(facts.get(aptSimulation('build-dep', p.name ?? [])));
  if (changes.length === 0) return [];
  return [
    aptInstall({
      packages,
      command: 'build-dep',
      updateFirst: updatesFirst(p, facts, 0),
      settings: settingsOf(p),
    }),
  ];
};

const planNames = (p: Params, facts: Facts, warnings: string[]): readonly Action[] => {
  if (upgradesAll(p)) return [];
  if (p.state === 'absent') return planRemove(p, facts);
  if (p.state === 'build-dep') return planBuildDep(p, facts);
  return [
    ...(p.state === 'fixed' ? planWork(p, facts, 'fix-broken') : []),
    ...(p.name === undefined ? [] : planInstall(p, facts, warnings)),
  ];
};

const planDeb = (p: Params, facts: Facts): readonly Action[] => {
  if (p.deb === undefined) return [];
  const deb = facts.get(debFile(p.deb));
  if (deb === 'absent') throw new TaskFailure(`there is no package at ${p.deb}`);
  const fact = facts.get(packageFact(deb.name));
  const wanted: Spec = { name: deb.name, relation: '=', version: deb.version };
  if (isInstalled(fact) && satisfies(fact, wanted)) return [];
  if (isInstalled(fact)) refuseDowngrade(p, fact, wanted);
  const wish = {
    name: deb.name,
    operand: p.deb,
    from: isInstalled(fact) ? fact.version : undefined,
    to: deb.version,
  };
  const action = aptInstall({ packages: [wish], updateFirst: false, settings: settingsOf(p) });
  return [action];
};

/** The update that was asked for by itself. */
const planUpdate = (p: Params, facts: Facts): readonly Action[] => {
  if (!updates(p) || p.name !== undefined || upgradeOf(p) !== undefined) return [];
  const settings = settingsOf(p);
  if (p.cache_valid_time <= 0) return [aptUpdate('asked for on every run', true, settings)];
  const reason = staleness(facts, p.cache_valid_time);
  return reason === undefined ? [] : [aptUpdate(reason, false, settings)];
};

const planTidying = (p: Params, facts: Facts): readonly Action[] => [
  ...(p.autoremove ? planWork(p, facts, 'autoremove') : []),
  ...(p.autoclean ? planWork(p, facts, 'autoclean') : []),
  ...(p.clean ? planWork(p, facts, 'clean') : []),
];

const factsOfNames = (p: Params): readonly FactKey[] =>
  upgradesAll(p) || p.state === 'build-dep'
    ? []
    : specsOf(p).flatMap(({ name, relation }): readonly FactKey[] => {
        if (isGlob(name)) return [packageGlob(name)];
        const asksCandidate = p.state === 'latest' && relation !== '=';
        return [packageFact(name), ...(asksCandidate ? [aptCandidate(name, p.default_release)] : [])];
      });

const factsOf = (p: Params): readonly FactKey[] => {
  const upgrade = upgradeOf(p);
  return [
    ...factsOfNames(p),
    ...(updates(p) ? [aptLists] : []),
    ...(p.state === 'build-dep' ? [aptSimulation('build-dep', p.name ?? [])] : []),
    ...(p.state === 'fixed' ? [aptSimulation('fix-broken')] : []),
    ...(upgrade === undefined ? [] : [aptSimulation(upgrade.work, upgrade.options)]),
    ...(p.deb === undefined ? [] : [debFile(p.deb)]),
    ...(p.autoremove ? [aptSimulation('autoremove')] : []),
    ...(p.autoclean ? [aptSimulation('autoclean')] : []),
    ...(p.clean ? [aptSimulation('clean')] : []),
  ];
};

const plan = (p: Params, facts: Facts, _context: TaskContext): TaskPlan => {
  const warnings: string[] = [];
  const work = [
    ...planUpdate(p, facts),
    ...planUpgrade(p, facts),
    ...planDeb(p, facts),
    ...planNames(p, facts, warnings),
  ];
  // What is orphaned by the work above is not known yet; apt-get removes it there (--auto-remove).
  const actions = work.some((action) => action.taints?.includes('everything') === true)
    ? work
    : [...work, ...planTidying(p, facts)];
  return {
    actions,
    warnings,
    result: {
      cache_updated: actions.some((action) => action.predicts.some(({ key }) => key.kind === 'apt-lists')),
    },
  };
};

/** Debian packages by apt. */
export const apt = defineModule({
  name: 'apt',
  summary: 'Installs, upgrades and removes Debian packages, and keeps the package lists fresh.',
  examples: `- name: Redis and nginx are installed
  apt:
    name: [redis-server, nginx-light]

- name: No recommended packages, lists at most an hour old
  apt:
    name: postgresql
    install_recommends: false
    cache_valid_time: 3600

- name: A version of its own
  apt: name=nginx=1.22* allow_downgrade=yes

- name: What is installed is up to date
  apt:
    upgrade: dist
    cache_valid_time: 86400
`,
  params,
  aliases: {
    pkg: 'name',
    package: 'name',
    'update-cache': 'update_cache',
    'default-release': 'default_release',
    'install-recommends': 'install_recommends',
    allow_downgrades: 'allow_downgrade',
    'allow-downgrade': 'allow_downgrade',
    'allow-downgrades': 'allow_downgrade',
    'allow-unauthenticated': 'allow_unauthenticated',
  },
  facts: factsOf,
  plan,
  claims: (p) =>
    p.state === 'present' || p.state === 'latest'
      ? specsOf(p)
          .filter(({ name }) => !isGlob(name))
          .map(({ name, relation, version }) => ({
            key: packageFact(name),
            wanted: { installed: true, version: relation === undefined ? null : `${relation}${version}` },
            prunable: false,
          }))
      : [],
});
