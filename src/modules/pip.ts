import { posix } from 'node:path';
import { pipCommand, pipRun } from '../actions/pip-install.ts';
import { content } from '../facts/contents.ts';
import { pipOutlook } from '../facts/pip-outlook.ts';
import { normalizeDistribution, type PipEnvironmentFact, pipEnvironment } from '../facts/pip-packages.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { Blocked } from '../model/unknown.ts';
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
  virtualenvOf,
} from './python/pip-params.ts';
import { isMeant, parseRequirements, type Requirement } from './python/requirement.ts';

const readFile = (facts: Facts, file: string, depth: number): readonly Requirement[] => {
  const fact = facts.get(content(file));
  if (fact === 'absent') throw new TaskFailure(`there is no requirements file ${file} on the host`);
  if (depth > 10) throw new TaskFailure(`requirements files include each other: ${file}`);
  return parseRequirements(new TextDecoder().decode(fact.bytes)).flatMap((line) =>
    line.type === 'requirement'
      ? [line.requirement]
      : readFile(facts, posix.resolve(posix.dirname(file), line.path), depth + 1),
  );
};

const wantedOf = (p: PipParams, facts: Facts): readonly Requirement[] => [
  ...namedRequirements(p),
  ...(p.requirements === undefined ? [] : readFile(facts, p.requirements, 0)),
];

/** Whether the environment has it; undefined: it cannot be seen. */
const isInstalled = (environment: PipEnvironmentFact, wanted: Requirement): boolean | undefined => {
  if (wanted.name === undefined) return undefined;
  const version = environment.distributions[wanted.name];
  // What an earlier task installs: which version that is shows only then.
  if (version === '' && wanted.specifier !== '') throw new Blocked(`the installation of ${wanted.name}`);
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

const shownTargets = (p: PipParams): readonly string[] =>
  targetsOf(p).filter((word) => word !== '-r' && word !== '-e');

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
  const names = wantedOf(p, facts).flatMap(({ name }) =>
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

const missing = (p: PipParams, environment: PipEnvironmentFact, wanted: readonly Requirement[]): Work => {
  const lacking = wanted.filter((requirement) => isInstalled(environment, requirement) === false);
  const unseen = wanted
    .filter((requirement) => isInstalled(environment, requirement) === undefined)
    .map(({ written }) => written);
  const blind = isElsewhere(p) || unseen.length > 0;
  if (lacking.length === 0 && !blind) return nothing(environment);
  const shown = isElsewhere(p)
    ? wanted.map(({ written }) => written)
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
    changes: (found ?? shownTargets(p)).map((name) => `install ${name}`),
    after: install(environment, wanted),
    unprovable: isElsewhere(p),
  };
};

const reinstall = (p: PipParams, facts: Facts, environment: PipEnvironmentFact): Work => ({
  words: ['install', '--force-reinstall', ...optionsOf(p), ...targetsOf(p)],
  changes: shownTargets(p).map((name) => `install ${name} again`),
  after: install(environment, wantedOf(p, facts)),
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

/** What is there, as `pip freeze` says it: Ansible's answer where there is nothing to do. */
const freeze = ({ distributions }: PipEnvironmentFact): string =>
  Object.entries(distributions)
    .map(([name, version]) => `${name}==${version}`)
    .join('\n');

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

const saying = (stdout: string, stderr: string): Readonly<Record<string, unknown>> => ({
  stdout,
  stdout_lines: linesOf(stdout),
  stderr,
  stderr_lines: linesOf(stderr),
});

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
  if (work.words.length === 0 && environment !== 'absent')
    return { actions: [], result: { ...result, ...saying(freeze(environment), '') } };
  const action = pipRun({
    settings: settingsOf(p),
    words: work.words,
    createsVirtualenv: isNew && virtualenvOf(p) !== undefined,
    summary:
      work.words.length === 0
        ? `create virtual environment ${virtualenvOf(p)}`
        : `pip ${work.words.join(' ')}`,
    changes: work.changes,
    environment: environmentOf(p),
    after: work.after,
    unprovable: work.unprovable,
  });
  return {
    actions: [action],
    result,
    finish: ([outcome]) => (outcome === undefined ? {} : saying(outcome.stdout, outcome.stderr)),
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
