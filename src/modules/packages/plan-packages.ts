import { aptInstall, type PackageWish } from '../../actions/apt-install.ts';
import { aptRemove } from '../../actions/apt-remove.ts';
import { aptCandidate } from '../../facts/apt-candidates.ts';
import { aptName } from '../../facts/apt-names.ts';
import { packageGlob } from '../../facts/package-globs.ts';
import { type PackageFact, packageFact } from '../../facts/packages.ts';
import type { Action } from '../../model/action.ts';
import type { Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { compareDebianVersions } from '../../util/compare-debian-versions.ts';
import { matchesGlob } from '../../util/matches-glob.ts';
import { type AptParams, isGlob, type Spec, settingsOf, specsOf } from './apt-params.ts';
import { hour, updates, updatesFirst } from './list-age.ts';
/** Whether the package is there and configured. */
export const isInstalled = (fact: PackageFact | 'absent'): fact is PackageFact =>
  fact !== 'absent' && fact.status === 'installed';

/**
 * What dpkg has of a package. What only provides its name does not count where apt has the package itself: a
 * transitional one, as `bind9utils` is beside `bind9-utils`.
 */
const packageOf = (facts: Facts, name: string): PackageFact | 'absent' => {
  const fact = facts.get(packageFact(name));
  if (fact === 'absent' || fact.provider === undefined) return fact;
  return facts.get(aptName(name)) === 'absent' ? fact : 'absent';
};

/** Whether its version is one that is asked for. */
export const satisfies = (fact: PackageFact, { relation, version }: Spec): boolean => {
  // NOTE: a predicted version is '', since nobody knows it before: taken as what was asked for.
  if (relation === undefined || fact.version === '') return true;
  if (relation === '>=') return compareDebianVersions(fact.version, version) >= 0;
  return matchesGlob(fact.version, version);
};

/** @throws TaskFailure where an older version would replace a newer one, and may not */
export const refuseDowngrade = (p: AptParams, fact: PackageFact, wanted: Spec): void => {
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
const wishFor = (p: AptParams, facts: Facts, wanted: Spec, warnings: string[]): PackageWish | undefined => {
  const fact = packageOf(facts, wanted.name);
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

/** What `present` and `latest` ask for. */
export const planInstall = (p: AptParams, facts: Facts, warnings: string[]): readonly Action[] => {
  const specs = specsOf(p);
  // With `latest`, old lists cannot tell what is newest: everything is asked for again after the update.
  const blind = p.state === 'latest' && updatesFirst(p, facts, hour);
  const packages = specs
    .filter(({ name }) => !isGlob(name))
    .flatMap((wanted) => {
      const wish = wishFor(p, facts, wanted, warnings);
      if (wish !== undefined) return [wish];
      const fact = packageOf(facts, wanted.name);
      return blind && isInstalled(fact) && !fact.held ? [wishOf(wanted, fact)] : [];
    });
  const globs = missingGlobs(facts, specs.map(({ name }) => name).filter(isGlob));
  if (packages.length + globs.length === 0) return [];
  const updateFirst = blind || (updates(p) && updatesFirst(p, facts, 0));
  return [aptInstall({ packages, globs, updateFirst, settings: settingsOf(p) })];
};

/** What `absent` asks for. */
export const planRemove = (p: AptParams, facts: Facts): readonly Action[] => {
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
