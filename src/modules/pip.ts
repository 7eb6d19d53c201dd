import { posix } from 'node:path';
import { z } from 'zod';
import { type PipSettings, pipCommand, pipRun } from '../actions/pip-install.ts';
import { content } from '../facts/contents.ts';
import { pipOutlook } from '../facts/pip-outlook.ts';
import { normalizeDistribution, type PipEnvironmentFact, pipEnvironment } from '../facts/pip-packages.ts';
import type { FactKey, Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { matchesPythonSpecifier } from '../util/matches-python-specifier.ts';
import { splitWords } from '../util/split-words.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { refusedUnlessFalse } from './params/refused.ts';
import { text } from './params/text.ts';
import { isMeant, parseRequirement, parseRequirements, type Requirement } from './python/requirement.ts';

/** A text with commas is a list, but for those inside `[…]` and before a comparison (`x>=1,<2`). */
const splitNames = (list: string): readonly string[] =>
  list
    .split(/,(?![^[]*\])(?!\s*(?:===|~=|==|!=|<=|>=|<|>))/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

const words = () =>
  text().transform((line, context) => {
    try {
      return splitWords(line);
    } catch {
      context.addIssue({ code: 'custom', message: 'expected words whose quotes close' });
      return z.NEVER;
    }
  });

const params = z
  .strictObject({
    name: z
      .union([z.array(text()), text().transform(splitNames)], { error: 'expected a list of packages' })
      .optional()
      .describe(
        'Packages, as pip takes them: `matrix-synapse[postgres,redis]==1.120.0`, `requests>=2,<3`, an archive, an address.',
      ),
    version: text().optional().describe('Version of the one package in `name`.'),
    requirements: path().optional().describe('A requirements file on the host.'),
    virtualenv: path().optional().describe('Folder of a virtual environment; made when it is not there.'),
    virtualenv_command: words()
      .default(['python3', '-m', 'venv'])
      .describe(
        "Makes the virtual environment. Needs the package python3-venv. Ansible's default is `virtualenv`.",
      ),
    virtualenv_python: text().optional().describe('Python of a new virtual environment: `python3.11`.'),
    virtualenv_site_packages: boolean()
      .default(false)
      .describe('A new virtual environment sees the packages of the system.'),
    state: z
      .enum(['present', 'absent', 'latest', 'forcereinstall'])
      .default('present')
      .describe('`latest` asks the index each time we look; `forcereinstall` installs on every run.'),
    executable: text().optional().describe('pip to use in place of a virtual environment. Default: pip3.'),
    extra_args: words().default([]).describe('Further arguments of pip.'),
    break_system_packages: boolean()
      .default(false)
      .describe("Install into the system's own environment though the distribution advises against it."),
    chdir: path().optional().describe('Folder to run in.'),
    umask: text()
      .refine((value) => /^0?[0-7]{3,4}$/.test(value), { error: 'expected a umask such as "0022"' })
      .optional()
      .describe('Umask for what is installed.'),
    editable: refusedUnlessFalse('install from a folder without -e, or use a command'),
  })
  .refine((p) => p.name !== undefined || p.requirements !== undefined || p.virtualenv !== undefined, {
    error: 'expected name, requirements or virtualenv',
  })
  .refine((p) => p.executable === undefined || p.virtualenv === undefined, {
    path: ['executable'],
    error: 'expected either executable or virtualenv',
  })
  .refine((p) => p.version === undefined || p.name?.length === 1, {
    path: ['version'],
    error: 'expected one name beside a version; write name==version for several',
  });

type Params = z.infer<typeof params>;

/** Folder of the environment that pip works on; undefined: the system's. */
const environmentOf = (p: Params): string | undefined => {
  if (p.virtualenv !== undefined) return p.virtualenv;
  const folder = posix.dirname(p.executable ?? 'pip3');
  return folder === '.' || /^\/(usr\/(local\/)?)?s?bin$/.test(folder) ? undefined : posix.dirname(folder);
};

const createCommand = (p: Params): readonly string[] => {
  const siteOption = p.virtualenv_site_packages ? ['--system-site-packages'] : [];
  if (p.virtualenv_python === undefined) return [...p.virtualenv_command, ...siteOption];
  const isVenv = p.virtualenv_command.includes('venv');
  return isVenv
    ? [p.virtualenv_python, ...p.virtualenv_command.slice(1), ...siteOption]
    : [...p.virtualenv_command, ...siteOption, '-p', p.virtualenv_python];
};

const settingsOf = (p: Params): PipSettings => ({
  virtualenv: p.virtualenv,
  executable: p.executable ?? 'pip3',
  createCommand: createCommand(p),
  chdir: p.chdir,
  umask: p.umask,
});

const namedRequirements = (p: Params): readonly Requirement[] =>
  (p.name ?? []).map((name) => parseRequirement(p.version === undefined ? name : `${name}==${p.version}`));

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

const wantedOf = (p: Params, facts: Facts): Wanted => {
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

/** Where these put things, no look can follow. */
const isElsewhere = (p: Params): boolean =>
  p.extra_args.some((word) => /^--(?:user|target|prefix|root)\b|^-t$/.test(word));

const optionsOf = (p: Params): readonly string[] => [
  ...(p.break_system_packages ? ['--break-system-packages'] : []),
  ...p.extra_args,
];

const targetsOf = (p: Params): readonly string[] => [
  ...namedRequirements(p).map(({ written }) => written),
  ...(p.requirements === undefined ? [] : ['-r', p.requirements]),
];

const outlook = (p: Params, context: TaskContext) =>
  pipOutlook(pipCommand(settingsOf(p)), [...optionsOf(p), ...targetsOf(p)], context.identity);

/** What `latest` would bring; undefined: it could not be asked, so pip is run to find out. */
const newer = (p: Params, facts: Facts, context: TaskContext): readonly string[] | undefined => {
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

const uninstall = (p: Params, facts: Facts, environment: PipEnvironmentFact): Work => {
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

const missing = (p: Params, environment: PipEnvironmentFact, wanted: Wanted): Work => {
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
  p: Params,
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

const reinstall = (p: Params, facts: Facts, environment: PipEnvironmentFact): Work => ({
  words: ['install', '--force-reinstall', ...optionsOf(p), ...targetsOf(p)],
  changes: targetsOf(p)
    .filter((word) => word !== '-r')
    .map((name) => `install ${name} again`),
  after: install(environment, wantedOf(p, facts).requirements),
  unprovable: true,
});

const workFor = (
  p: Params,
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

const plan = (p: Params, facts: Facts, context: TaskContext): TaskPlan => {
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

const factsOf = (p: Params, context: TaskContext): readonly FactKey[] => [
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
  params,
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
