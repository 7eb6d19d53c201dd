import { aptInstall } from '../actions/apt-install.ts';
import { aptUpdate, broughtLists } from '../actions/apt-update.ts';
import { aptWork } from '../actions/apt-work.ts';
import { installFetchedDeb } from '../actions/install-fetched-deb.ts';
import { aptCandidate } from '../facts/apt-candidates.ts';
import { aptLists } from '../facts/apt-lists.ts';
import { aptName } from '../facts/apt-names.ts';
import { type AptSimulationFact, type AptWork, aptSimulation } from '../facts/apt-simulations.ts';
import { type DebFileFact, debFile } from '../facts/deb-files.ts';
import { type DebAddress, type FetchedDeb, fetchedDeb, parseFetchedDeb } from '../facts/fetched-debs.ts';
import { packageGlob } from '../facts/package-globs.ts';
import { packageFact } from '../facts/packages.ts';
import type { Action, ActionOutcome, Change } from '../model/action.ts';
import { absent, type FactKey, type Facts } from '../model/fact.ts';
import { plainRequest } from '../model/http-request.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { shownAddress } from './net/request-params.ts';
import {
  type AptParams,
  aptParams,
  isGlob,
  type Spec,
  settingsOf,
  specsOf,
  upgradeOf,
  upgradesAll,
} from './packages/apt-params.ts';
import { hour, staleness, updates, updatesFirst } from './packages/list-age.ts';
import {
  isInstalled,
  planInstall,
  planRemove,
  refuseDowngrade,
  satisfies,
} from './packages/plan-packages.ts';

const changesOf = (fact: AptSimulationFact | 'absent'): readonly Change[] =>
  fact === 'absent'
    ? []
    : [
        ...fact.installs.map(({ name, version }) => ({ summary: `install ${name} ${version}` })),
        ...fact.removes.map((name) => ({ summary: `remove ${name}` })),
        ...fact.deletes.map((name) => ({ summary: `delete the archive of ${name}` })),
      ];

const planWork = (
  p: AptParams,
  facts: Facts,
  work: AptWork,
  options: readonly string[] = [],
): readonly Action[] => {
  const changes = changesOf(facts.get(aptSimulation(work, options)));
  return changes.length === 0 ? [] : [aptWork(work, options, changes, false, settingsOf(p))];
};

const planUpgrade = (p: AptParams, facts: Facts): readonly Action[] => {
  const upgrade = upgradeOf(p);
  if (upgrade === undefined) return [];
  if (!updatesFirst(p, facts, hour)) return planWork(p, facts, upgrade.work, upgrade.options);
  const changes = [{ summary: 'update the package lists, and upgrade what they offer' }];
  return [aptWork(upgrade.work, upgrade.options, changes, true, settingsOf(p))];
};

const planBuildDep = (p: AptParams, facts: Facts): readonly Action[] => {
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

const planNames = (p: AptParams, facts: Facts, warnings: string[]): readonly Action[] => {
  if (upgradesAll(p)) {
    if (p.name?.length === 1) return [];
    throw new TaskFailure('unable to install additional packages when upgrading all installed packages');
  }
  if (p.state === 'absent') return planRemove(p, facts);
  if (p.state === 'build-dep') return planBuildDep(p, facts);
  return [
    ...(p.state === 'fixed' ? planWork(p, facts, 'fix-broken') : []),
    ...(p.name === undefined ? [] : planInstall(p, facts, warnings)),
  ];
};

/** Where to fetch a .deb file from; undefined: it is on the host. */
const addressOf = (deb: string): DebAddress | undefined =>
  deb.includes('://') ? { request: plainRequest(deb), shown: shownAddress(deb) } : undefined;

const debOf = (deb: string, facts: Facts, { identity }: TaskContext): DebFileFact | FetchedDeb => {
  const address = addressOf(deb);
  if (address === undefined) {
    const fact = facts.get(debFile(deb));
    if (fact === absent) throw new TaskFailure(`there is no package at ${deb}`);
    return fact;
  }
  const fetched = parseFetchedDeb(facts.get(fetchedDeb(address, identity)));
  if (typeof fetched === 'string') throw new TaskFailure(fetched);
  return fetched;
};

const planDeb = (p: AptParams, facts: Facts, context: TaskContext): readonly Action[] => {
  if (p.deb === undefined) return [];
  const deb = debOf(p.deb, facts, context);
  const seen = facts.get(packageFact(deb.name));
  // The file brings the package itself, whatever provides its name.
  const fact = seen !== absent && seen.provider === undefined ? seen : absent;
  const wanted: Spec = { name: deb.name, relation: '=', version: deb.version };
  if (isInstalled(fact) && satisfies(fact, wanted)) return [];
  if (isInstalled(fact)) refuseDowngrade(p, fact, wanted);
  const from = isInstalled(fact) ? fact.version : undefined;
  const address = addressOf(p.deb);
  if (address !== undefined && 'sha256' in deb) return [installFetchedDeb(address, deb, from, settingsOf(p))];
  const wish = { name: deb.name, operand: p.deb, from, to: deb.version };
  return [aptInstall({ packages: [wish], updateFirst: false, settings: settingsOf(p) })];
};

const factOfDeb = (deb: string, { identity }: TaskContext): FactKey => {
  const address = addressOf(deb);
  return address === undefined ? debFile(deb) : fetchedDeb(address, identity);
};

/** Lists of any age are fit for a run that changes nothing. */
const isAuditOfFitLists = (p: AptParams, facts: Facts, { checkMode }: TaskContext): boolean =>
  checkMode && p.cache_valid_time <= 0 && staleness(facts, Number.POSITIVE_INFINITY) === undefined;

/** The update that was asked for by itself. One that is done on every run says nothing of the host, and is no drift. */
const planUpdate = (p: AptParams, facts: Facts, context: TaskContext): readonly Action[] => {
  if (!updates(p) || p.name !== undefined || upgradeOf(p) !== undefined) return [];
  if (isAuditOfFitLists(p, facts, context)) return [];
  const settings = settingsOf(p);
  if (p.cache_valid_time <= 0) return [aptUpdate('asked for on every run', true, settings)];
  const reason = staleness(facts, p.cache_valid_time);
  return reason === undefined ? [] : [aptUpdate(reason, false, settings)];
};

/** As by Ansible an update by itself has changed something where it brought other lists. */
const judgeUpdate = (actions: readonly Action[]): Pick<TaskPlan, 'mayBeUnchanged' | 'finish'> => {
  if (actions.length !== 1 || actions[0]?.kind !== 'apt-update') return {};
  const finish = ([outcome]: readonly ActionOutcome[]) =>
    outcome?.exitStatus === 0 && !broughtLists(outcome.stdout)
      ? { changed: false, cache_updated: false }
      : {};
  return { mayBeUnchanged: true, finish };
};

const planTidying = (p: AptParams, facts: Facts): readonly Action[] => [
  ...(p.autoremove ? planWork(p, facts, 'autoremove') : []),
  ...(p.autoclean ? planWork(p, facts, 'autoclean') : []),
  ...(p.clean ? planWork(p, facts, 'clean') : []),
];

const factsOfNames = (p: AptParams): readonly FactKey[] =>
  upgradesAll(p) || p.state === 'build-dep'
    ? []
    : specsOf(p).flatMap(({ name, relation }): readonly FactKey[] => {
        if (isGlob(name)) return [packageGlob(name)];
        const asksCandidate = p.state === 'latest' && relation !== '=';
        const asksName = p.state !== 'absent';
        return [
          packageFact(name),
          ...(asksName ? [aptName(name)] : []),
          ...(asksCandidate ? [aptCandidate(name, p.default_release)] : []),
        ];
      });

const factsOf = (p: AptParams, context: TaskContext): readonly FactKey[] => {
  const upgrade = upgradeOf(p);
  return [
    ...factsOfNames(p),
    ...(updates(p) ? [aptLists] : []),
    ...(p.state === 'build-dep' ? [aptSimulation('build-dep', p.name ?? [])] : []),
    ...(p.state === 'fixed' ? [aptSimulation('fix-broken')] : []),
    ...(upgrade === undefined ? [] : [aptSimulation(upgrade.work, upgrade.options)]),
    ...(p.deb === undefined ? [] : [factOfDeb(p.deb, context)]),
    ...(p.autoremove ? [aptSimulation('autoremove')] : []),
    ...(p.autoclean ? [aptSimulation('autoclean')] : []),
    ...(p.clean ? [aptSimulation('clean')] : []),
  ];
};

const plan = (p: AptParams, facts: Facts, context: TaskContext): TaskPlan => {
  const warnings: string[] = [];
  const work = [
    ...planUpdate(p, facts, context),
    ...planUpgrade(p, facts),
    ...planDeb(p, facts, context),
    ...planNames(p, facts, warnings),
  ];
  // What is orphaned by the work above is not known yet; apt-get removes it there (--auto-remove).
  const actions = work.some((action) => action.taints?.includes('everything') === true)
    ? work
    : [...work, ...planTidying(p, facts)];
  return {
    actions,
    warnings,
    ...judgeUpdate(actions),
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

- name: A package that its makers offer by itself
  apt:
    deb: https://example.org/tool_1.2_amd64.deb

- name: What is installed is up to date
  apt:
    upgrade: dist
    cache_valid_time: 86400
`,
  params: aptParams,
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
