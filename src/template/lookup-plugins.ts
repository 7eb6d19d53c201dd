import { Blocked, isUnknown } from '../model/unknown.ts';
import { didYouMeanOr, nearestName } from '../util/nearest-name.ts';
import type { Delimiters } from './delimiters.ts';
import { fileLookups } from './file-lookups.ts';
import { listLookups } from './list-lookups.ts';
import type { Lookups } from './lookups.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { valueLookups } from './value-lookups.ts';

/** What lookups may use. */
export interface LookupTools {
  readonly lookups: Lookups;
  variable(name: string): unknown;
  /** As that of `Tools`. */
  chance(): string | undefined;
  /** Of every variable that is set. */
  names(): Iterable<string>;
  /** A text of a file as a template. */
  renderFile(
    text: string,
    file: string,
    variables?: Readonly<Record<string, unknown>>,
    delimiters?: Delimiters,
  ): string;
}

export type Named = Readonly<Record<string, unknown>>;

/** Something that `lookup()` and the loop `with_NAME` know by name. */
export interface LookupPlugin {
  /** What it can be told by name, besides `wantlist` and `errors`. */
  readonly options?: readonly string[] | undefined;
  /** @throws OperationProblem, Blocked */
  readonly run: (tools: LookupTools, terms: readonly unknown[], named: Named) => readonly unknown[];
}

const plugins: ReadonlyMap<string, LookupPlugin> = new Map(
  Object.entries({ ...listLookups, ...valueLookups, ...fileLookups }),
);

/** `lookup` of this build: what it can look up. */
export const lookupNames: readonly string[] = [...plugins.keys()].sort();

/** Ansible's, and why they are not here. */
const refused: ReadonlyMap<string, string> = new Map([
  [
    'url',
    'what an address answers is another thing each time; fetch it with a task, or keep it in a file of the project',
  ],
  ['config', 'syn-deploy has no ansible.cfg'],
]);

const collections = /^(?:ansible\.builtin|ansible\.legacy|community\.general)\./;

/** The name of a lookup without its collection. */
export const lookupName = (name: string): string => name.replace(collections, '');

const find = (name: string): LookupPlugin => {
  const plugin = plugins.get(name);
  if (plugin !== undefined) return plugin;
  const why = refused.get(name);
  if (why !== undefined) throw new OperationProblem(`lookup('${name}') is not done here`, why);
  const near = nearestName(name, lookupNames);
  throw new OperationProblem(
    `unknown lookup "${name}"`,
    didYouMeanOr(near, `lookups: ${lookupNames.join(', ')}`),
  );
};

/**
 * @param positional  the name of the lookup, then its terms
 * @returns undefined: it went wrong, and that is ignored
 * @throws OperationProblem, Blocked
 */
export const runLookup = (
  tools: LookupTools,
  positional: readonly unknown[],
  named: Named,
): readonly unknown[] | undefined => {
  const [plugin, ...terms] = positional;
  const name = lookupName(pythonText(plugin));
  const { options: own = [], run } = find(name);
  const options = ['wantlist', 'errors', ...own];
  const wrong = Object.keys(named).find((key) => !options.includes(key));
  if (wrong !== undefined)
    throw new OperationProblem(
      `lookup('${name}') has no argument "${wrong}"`,
      `it takes ${options.join(', ')}`,
    );
  const later = terms.find(isUnknown);
  if (isUnknown(later)) throw new Blocked(later.because);
  const errors = named['errors'];
  try {
    return run(tools, terms, named);
  } catch (error) {
    if (error instanceof OperationProblem && (errors === 'ignore' || errors === 'warn')) return undefined;
    throw error;
  }
};
