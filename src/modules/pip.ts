import { posix } from 'node:path';
import { pipCommand, pipRun } from '../actions/pip-install.ts';
import { content } from '../facts/contents.ts';
import { pipOutlook } from '../facts/pip-outlook.ts';
import { normalizeDistribution, type PipEnvironmentFact, pipEnvironment } from '../facts/pip-packages.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { matchesPythonSpecifier } from '../util/matches-python-specifier.ts';
import {
  environmentOf,
  isElsewhere,
  namedRequirements,
  optionsOf,
  type PipParams,
  pipParams,
  settingsOf,
  targetsOf,
} from './python/pip-params.ts';
import { isMeant, parseRequirements, type Requirement } from './python/requirement.ts';

interface Wanted {
  readonly requirements: readonly Requirement[];
  /** Lines that no look can check. */
  readonly unreadable: readonly string[];
}

const readFile = (facts: Facts, file: string, depth: number): Wanted => {
  const fact = facts.get(content(file));
  if (fact === 'absent') throw new TaskFailure(`there is no requirements file ${file} on the host`);
  if (depth > 10) throw new TaskFailure(`requirements files include each other: ${file}`);
  const lines = parseRequirements(new TextDecoder().decode(fact.bytes));
  const parts = lines.map((line): Wanted => {
    if (line.type === 'requirement') return { requirements: [line.requirement], unreadable: [] };
    if (line.type === 'unreadable') return { requirements: [], unreadable: [line.text] };
    return readFile(facts, posix.resolve(posix.dirname(file), line.path), depth + 1);
  });
  return {
    requirements: parts.flatMap((part) => part.requirements),
    unreadable: parts.flatMap((part) => part.unreadable),
  };
};

const wantedOf = (p: PipParams, facts: Facts): Wanted => {
  const file = p.requirements === undefined ? undefined : readFile(facts, p.requirements, 0);
  return {
    requirements: [...namedRequirements(p), ...(file?.requirements ?? [])],
    unreadable: file?.unreadable ?? [],
  };
};

/** Whether the environment has it; undefined: it cannot be seen. */
const isInstalled = (environment: PipEnvironmentFact, wanted: Requirement): boolean | undefined => {
  if (wanted.name === undefined) return undefined;
  const version = environment.distributions[wanted.name];
  if (version !== undefined) return version === '' || matchesPythonSpecifier(version, wanted.specifier);
  const meant = isMeant(wanted.marker, environment.python);
  return meant === true ? false : meant === false ? true : undefined;
};

const exact = (specifier: string): string => /^\s*==\s*([^,*\s]+)\s*$/.exec(specifier)?.[1] ?? '';

const empty: PipEnvironmentFact = { python: '', distributions: {} };

const install = (before: PipEnvironmentFact, wanted: readonly Requirement[]): PipEnvironmentFact => ({
  ...before,
  distributions: {
    ...before.distributions,
    ...Object.fromEntries(
      wanted.flatMap(({ name, specifier }) => (name === undefined ? [] : [[name, exact(specifier)]])),
    ),
  },
});

const outlook = (p: PipParams, context: TaskContext) =>
  pipOutlook(pipCommand(settingsOf(p)), [...optionsOf(p), ...targetsOf(p)], context.identity);

/** What `latest` would bring; undefined: it could not be asked, so pip is run to find out. */
const newer = (p: PipParams, facts: Facts, context: TaskContext): readonly string[] | undefined => {
  const fact = facts.get(outlook(p, context));
  if (fact === 'absent' || fact.exitStatus !== 0) return undefined;
  const line = /^Would install (.*)$/m.exec(fact.stdout);
  return line === null ? [] : (line[1] ?? '').split(' ');
};

interface Work {
  readonly words: readonly string[];
  readonly changes: readonly string[];
  readonly after: PipEnvironmentFact;
  readonly unprovable: boolean;
}

const nothing = (environment: PipEnvironmentFact): Work => ({
  words: [],
  changes: [],
  after: environment,
  unprovable: false,
});

const uninstall = (p: PipParams, facts: Facts, environment: PipEnvironmentFact): Work => {
  const names = wantedOf(p, facts).requirements.flatMap(({ name }) =>
    name !== undefined && environment.distributions[name] !== undefined ? [name] : [],
  );
  if (names.length === 0) return nothing(environment);
  const left = Object.entries(environment.distributions).filter(([name]) => !names.includes(name));
  const options = p.break_system_packages ? ['--break-system-packages'] : [];
  return {
    words: ['uninstall', '-y', ...options, ...names],
    changes: names.map((name) => `uninstall ${name}`),
    after: { ...environment, distributions: Object.fromEntries(left) },
    unprovable: false,
  };
};

const missing = (p: PipParams, environment: PipEnvironmentFact, wanted: Wanted): Work => {
  const lacking = wanted.requirements.filter(
    (requirement) => isInstalled(environment, requirement) === false,
  );
  const unseen = [
    ...wanted.requirements
      .filter((requirement) => isInstalled(environment, requirement) === undefined)
      .map(({ written }) => written),
    ...wanted.unreadable,
  ];
  const blind = isElsewhere(p) || unseen.length > 0;
  if (lacking.length === 0 && !blind) return nothing(environment);
  const shown = isElsewhere(p)
    ? wanted.requirements.map(({ written }) => written)
    : [...lacking.map(({ written }) => written), ...unseen];
  return {
    words: ['install', ...optionsOf(p), ...targetsOf(p)],
    changes: shown.map((name) => `install ${name}`),
    after: install(environment, lacking),
    unprovable: blind,
  };
};

const upgrade = (
  p: PipParams,
  facts: Facts,
  context: TaskContext,
  environment: PipEnvironmentFact,
  isNew: boolean,
): Work => {
  const wanted = wantedOf(p, facts);
  const found = isNew ? undefined : newer(p, facts, context);
  if (found !== undefined && found.length === 0) return nothing(environment);
  return {
    words: ['install', '--upgrade', ...optionsOf(p), ...targetsOf(p)],
    changes: (found ?? targetsOf(p).filter((word) => word !== '-r')).map((name) => `install ${name}`),
    after: install(environment, wanted.requirements),
    unprovable: isElsewhere(p),
  };
};

const reinstall = (p: PipParams, facts: Facts, environment: PipEnvironmentFact): Work => ({
  words: ['install', '--force-reinstall', ...optionsOf(p), ...targetsOf(p)],
  changes: targetsOf(p)
    .filter((word) => word !== '-r')
    .map((name) => `install ${name} again`),
  after: install(environment, wantedOf(p, facts).requirements),
  unprovable: true,
});

const workFor = (
  p: PipParams,
  facts: Facts,
  context: TaskContext,
  environment: PipEnvironmentFact,
  isNew: boolean,
): Work => {
  if (targetsOf(p).length === 0) return nothing(environment);
  switch (p.state) {
    case 'absent':
      return uninstall(p, facts, environment);
    case 'latest':
      return upgrade(p, facts, context, environment, isNew);
    case 'forcereinstall':
      return reinstall(p, facts, environment);
    default:
      return missing(p, environment, wantedOf(p, facts));
  }
};

const plan = (p: PipParams, facts: Facts, context: TaskContext): TaskPlan => {
  const environment = facts.get(pipEnvironment(environmentOf(p)));
  const isNew = environment === 'absent';
  const result = {
    name: p.name ?? [],
    state: p.state,
    version: p.version ?? null,
    virtualenv: p.virtualenv ?? null,
    requirements: p.requirements ?? null,
  };
  if (isNew && p.state === 'absent') return { actions: [], result };
  const work = workFor(p, facts, context, environment === 'absent' ? empty : environment, isNew);
  if (work.words.length === 0 && !isNew) return { actions: [], result };
  const action = pipRun({
    settings: settingsOf(p),
    words: work.words,
    createsVirtualenv: isNew && p.virtualenv !== undefined,
    summary:
      work.words.length === 0 ? `create virtual environment ${p.virtualenv}` : `pip ${work.words.join(' ')}`,
    changes: work.changes,
    environment: environmentOf(p),
    after: work.after,
    unprovable: work.unprovable,
  });
  return {
    actions: [action],
    result,
    finish: ([outcome]) => (outcome === undefined ? {} : { stdout: outcome.stdout, stderr: outcome.stderr }),
  };
};

const factsOf = (p: PipParams, context: TaskContext): readonly FactKey[] => [
  pipEnvironment(environmentOf(p)),
  ...(p.requirements === undefined ? [] : [content(p.requirements)]),
  ...(p.state === 'latest' && targetsOf(p).length > 0 ? [outlook(p, context)] : []),
];

/** Python packages by pip. */
export const pip = defineModule({
  name: 'pip',
  summary: 'Installs Python packages, in a virtual environment or for the system.',
  examples: `- name: Synapse from the index
  pip:
    name: matrix-synapse[postgres,redis]
    version: 1.120.0
    virtualenv: /opt/venvs/matrix-synapse

- name: What a file lists
  pip:
    requirements: /opt/app/requirements.txt
    virtualenv: /opt/app/venv
    virtualenv_site_packages: true
`,
  params: pipParams,
  facts: factsOf,
  plan,
  claims: (p) =>
    p.state === 'absent' || environmentOf(p) === undefined
      ? []
      : [
          {
            key: pipEnvironment(environmentOf(p)),
            wanted: namedRequirements(p).map(({ name, written }) => [
              name === undefined ? '' : normalizeDistribution(name),
              written,
            ]),
            prunable: false,
          },
        ],
});
