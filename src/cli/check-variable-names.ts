import { dirname, join } from 'node:path';
import { connectionVariables } from '../inventory/connection-variables.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/host.ts';
import type { Variables } from '../model/located.ts';
import type { Play, Role } from '../model/play.ts';
import type { ProjectFiles } from '../model/project.ts';
import { nearestName } from '../util/nearest-name.ts';

/** Variables of the same layer are asked about once, however many hosts have it. */
const layersOf = (inventory: Inventory, plays: readonly Play[], extraVars: Variables): Set<Variables> =>
  new Set([
    ...[...inventory.hosts.values()].flatMap(({ variables }) => variables),
    ...plays.flatMap(({ vars, varsFiles, roles }) => [
      vars,
      ...varsFiles,
      ...roles.flatMap(({ params }) => params),
    ]),
    extraVars,
  ]);

/** One letter wrong, or two of a long name: of names that begin alike, more would mean another one. */
const mostEdits = (name: string): number => (name.length < 8 ? 1 : 2);

/** The variable that was probably meant; of names that exist none is a slip. */
const nearestVariable = (name: string, names: ReadonlySet<string>): string | undefined =>
  name.length < 4 || names.has(name) || connectionVariables.includes(name)
    ? undefined
    : nearestName(name, names, mostEdits(name));

/** Files of a folder and of those below it, as far as they may have templates. */
const filesBelow = (folder: string, files: ProjectFiles): readonly string[] =>
  files.list(folder).flatMap((name) => {
    if (name.startsWith('.') || name === 'node_modules') return [];
    const path = join(folder, name);
    const kind = files.kind(path);
    if (kind === 'directory') return filesBelow(path, files);
    return kind === 'file' ? [path] : [];
  });

/** Whether some text of the project has the name where it does not set it. */
const isUsed = (name: string, texts: readonly string[]): boolean => {
  const use = new RegExp(`(?<![\\w.])${name}(?!\\w|\\s*:(?:\\s|$)|\\s*=(?!=))`, 'm');
  return texts.some((text) => text.includes(name) && use.test(text));
};

const textsOf = (inventory: Inventory, plays: readonly Play[], files: ProjectFiles): readonly string[] => {
  const roles = plays.flatMap((play) => play.roles.map(({ folder }) => folder));
  const folders = [inventory.folder, ...roles, ...plays.map(({ playbook }) => dirname(playbook))];
  const paths = new Set(folders.flatMap((folder) => filesBelow(folder, files)));
  // A name in an encrypted file is not looked for: to open it may need a password that nobody has to give.
  return [...paths]
    .filter((path) => files.isSealed?.(path) !== true)
    .map((path) => new TextDecoder().decode(files.read(path)));
};

const own = ({ defaults, exports }: Role): readonly string[] => [
  ...Object.keys(defaults.values),
  ...Object.keys(exports.values),
];

/** What names of a layer may be slips of. */
interface Names {
  readonly of: ReadonlySet<string>;
  readonly known: ReadonlySet<string>;
  readonly what: string;
}

const namesOf = (inventory: Inventory, plays: readonly Play[], extraVars: Variables) => {
  const roles = plays.flatMap((play) => play.roles);
  const defaults = new Set(roles.flatMap((role) => Object.keys(role.defaults.values)));
  const given = Object.keys(extraVars.values).length;
  // Mostly so, and then the variables of a thousand hosts need not be looked through.
  if (defaults.size + given === 0) return [];
  const known = new Set(roles.flatMap(own));
  const layers = layersOf(inventory, plays, extraVars);
  layers.delete(extraVars);
  const written = new Set([...known, ...[...layers].flatMap(({ values }) => Object.keys(values))]);
  const ofDefaults: Names = { of: defaults, known, what: ', which a role has a default for' };
  // The command line is for what is set elsewhere too; a file may set what nothing else does.
  const ofAll: Names = { of: written, known: written, what: '' };
  return [...[...layers].map((layer) => ({ layer, names: ofDefaults })), { layer: extraVars, names: ofAll }];
};

/**
 * Variables that nobody uses and whose names are nearly those of a role's defaults, or of any variable where they are
 * given with `-e`: the other value would hold, and all be well.
 */
export const checkVariableNames = (
  inventory: Inventory,
  plays: readonly Play[],
  extraVars: Variables,
  files: ProjectFiles,
): readonly Diagnostic[] => {
  const near = namesOf(inventory, plays, extraVars).flatMap(({ layer, names: { of, known, what } }) =>
    Object.keys(layer.values)
      .filter((name) => !known.has(name))
      .map((name) => ({ name, layer, meant: nearestVariable(name, of), what }))
      .filter(({ meant }) => meant !== undefined),
  );
  if (near.length === 0) return [];
  const texts = textsOf(inventory, plays, files);
  return near
    .filter(({ name }) => !isUsed(name, texts))
    .map(({ name, layer, meant, what }) => ({
      severity: 'warning',
      code: 'unused-variable',
      message: `nothing uses the variable "${name}"`,
      span: layer.place(name),
      hint: `did you mean "${meant}"${what}?`,
    }));
};
