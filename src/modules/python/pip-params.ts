import { posix } from 'node:path';
import { z } from 'zod';
import type { PipSettings } from '../../actions/pip-install.ts';
import { splitWords } from '../../util/split-words.ts';
import { boolean } from '../params/boolean.ts';
import { path } from '../params/path.ts';
import { text } from '../params/text.ts';
import { parseRequirement, type Requirement } from './requirement.ts';

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

/** Parameters of `pip`. */
export const pipParams = z
  .strictObject({
    name: z
      .union([z.array(text()).transform((list) => list.flatMap(splitNames)), text().transform(splitNames)], {
        error: 'expected a list of packages',
      })
      .optional()
      .describe(
        'Packages, as pip takes them: `matrix-synapse[postgres,redis]==1.120.0`, `requests>=2,<3`, an archive, an address.',
      ),
    version: text()
      .optional()
      .describe('Version of the one package in `name`, or versions (`>=1.2,<2`); empty: any.'),
    requirements: path().optional().describe('A requirements file on the host.'),
    virtualenv: z
      .union([path(), z.string().regex(/^[^/~\0][^\0]*$/, { abort: true })], {
        error: 'expected an absolute path on the host (it starts with /), or one below chdir',
      })
      .optional()
      .describe('Folder of a virtual environment, absolute or below chdir; made when it is not there.'),
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
    editable: boolean()
      .default(false)
      .describe(
        'What `name` says is installed in place (`-e`): a folder, or an address, which says by `#egg=NAME` what it is.',
      ),
  })
  .refine((p) => p.name !== undefined || p.requirements !== undefined || p.virtualenv !== undefined, {
    error: 'expected name, requirements or virtualenv',
  })
  .refine((p) => p.executable === undefined || p.virtualenv === undefined, {
    path: ['executable'],
    error: 'expected either executable or virtualenv',
  })
  .refine(({ version = '', name }) => version === '' || name?.length === 1, {
    path: ['version'],
    error: 'expected one name beside a version; write name==version for several',
  })
  .refine(
    ({ version = '', name = [] }) => version === '' || name.every((one) => !/[<>=!~]=?\s*\d/.test(one)),
    {
      path: ['version'],
      error: 'expected no version beside a name that has one',
    },
  )
  .refine(
    ({ virtualenv, chdir }) => virtualenv === undefined || chdir !== undefined || virtualenv.startsWith('/'),
    {
      path: ['virtualenv'],
      error: 'expected an absolute path on the host (it starts with /), or chdir beside it',
    },
  );

/** Values of them. */
export type PipParams = z.infer<typeof pipParams>;

/** Path of the virtual environment; undefined: none is asked for. */
export const virtualenvOf = ({ virtualenv, chdir = '/' }: PipParams): string | undefined =>
  virtualenv === undefined || virtualenv.startsWith('/') ? virtualenv : posix.join(chdir, virtualenv);

/** Folder of the environment that pip works on; undefined: the system's. */
export const environmentOf = (p: PipParams): string | undefined => {
  const virtualenv = virtualenvOf(p);
  if (virtualenv !== undefined) return virtualenv;
  const folder = posix.dirname(p.executable ?? 'pip3');
  return folder === '.' || /^\/(usr\/(local\/)?)?s?bin$/.test(folder) ? undefined : posix.dirname(folder);
};

const createCommand = (p: PipParams): readonly string[] => {
  const siteOption = p.virtualenv_site_packages ? ['--system-site-packages'] : [];
  if (p.virtualenv_python === undefined) return [...p.virtualenv_command, ...siteOption];
  const isVenv = p.virtualenv_command.includes('venv');
  return isVenv
    ? [p.virtualenv_python, ...p.virtualenv_command.slice(1), ...siteOption]
    : [...p.virtualenv_command, ...siteOption, '-p', p.virtualenv_python];
};

/** How pip is started. */
export const settingsOf = (p: PipParams): PipSettings => ({
  virtualenv: virtualenvOf(p),
  executable: p.executable ?? 'pip3',
  createCommand: createCommand(p),
  chdir: p.chdir,
  umask: p.umask,
});

const specifierOf = (version = ''): string =>
  version === '' || /^\s*(?:[<>]|[=!~]=)/.test(version) ? version : `==${version}`;

/** What `name` and `version` ask for. */
export const namedRequirements = (p: PipParams): readonly Requirement[] =>
  (p.name ?? []).map((name) => parseRequirement(`${name}${specifierOf(p.version)}`));

/** Where these put things, no look can follow. */
export const isElsewhere = (p: PipParams): boolean =>
  p.extra_args.some((word) => /^--(?:user|target|prefix|root)\b|^-t$/.test(word));

/** Options of `pip install`. */
export const optionsOf = (p: PipParams): readonly string[] => [
  ...(p.break_system_packages ? ['--break-system-packages'] : []),
  ...p.extra_args,
];

/** What `pip install` is told to install. */
export const targetsOf = (p: PipParams): readonly string[] => [
  ...namedRequirements(p).flatMap(({ written }) => (p.editable ? ['-e', written] : [written])),
  ...(p.requirements === undefined ? [] : ['-r', p.requirements]),
];
