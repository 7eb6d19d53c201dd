import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** One behaviour of a module: parameters and facts in, actions and result out. A file in `NAME/cases/`. */
export interface ModuleCase {
  /** Path below `test/modules/`. */
  readonly file: string;
  readonly module: string;
  readonly title: string;
  readonly params: unknown;
  readonly context?: CaseContext;
  /** By `kind:id`. `absent` and `unknown` as words, `{ failure: text }`; files and contents in short (given-facts.ts). */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What the module asks for before it plans, by `kind:id`, in any order. */
  readonly needs?: readonly string[];
  readonly actions?: readonly Readonly<Record<string, unknown>>[];
  readonly result?: unknown;
  readonly message?: string;
  readonly setFacts?: unknown;
  readonly warnings?: readonly string[];
  readonly lint?: readonly unknown[];
  /** `key` as `kind:id`. */
  readonly claims?: readonly Readonly<Record<string, unknown>>[];
  /** Part of the message of the failure, of what it waits for, or of what the schema says. */
  readonly error?: string;
  readonly blocked?: string;
  readonly invalid?: string;
  /** Set where the plan is not empty after its own predictions, with the reason. */
  readonly neverConverges?: string;
}

export interface CaseContext {
  readonly identity?: { readonly user?: string; readonly environment?: Record<string, string> };
  readonly readOnly?: boolean;
  readonly checkMode?: boolean;
  readonly diff?: boolean;
  readonly secret?: boolean;
  /** Files of the project by name, as text, `{ text, mode }` or `{ base64, mode }`; `dir/name` is found below `dir`. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Links of the project that are not followed, by name as with files, and what they hold. */
  readonly links?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const keys = new Set(
  (
    'title params context facts needs actions result message setFacts warnings lint claims error blocked invalid ' +
    'neverConverges'
  ).split(' '),
);

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const readCase = (path: string): ModuleCase => {
  const file = relative(root, path);
  const value = parse(readFileSync(path, 'utf8'));
  const strange = Object.keys(value).find((key) => !keys.has(key));
  if (strange !== undefined) throw new Error(`${file}: a case has no key "${strange}"`);
  if (typeof value.title !== 'string') throw new Error(`${file}: a case has a title`);
  return { ...value, file, module: basename(dirname(dirname(path))) };
};

/** Every case of every module. */
export const readCases = (): readonly ModuleCase[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith('.yaml') && basename(entry.parentPath) === 'cases',
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(readCase);
