import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createScope, type Lookups, templatedVariables } from '../../../src/template/scope.ts';

type Texts = Readonly<Record<string, string>>;

/** One thing that templates do. What is expected is what Ansible 2.18 gives, unless the case says why not. */
export interface TemplateCase {
  /** With the file's name before it, a sentence. */
  readonly name: string;
  /** One of four: a bare expression, a value of a playbook, a template file, a condition. */
  readonly expression?: string;
  readonly value?: unknown;
  readonly template?: string;
  /** Where the template file lies; default `case.j2`. */
  readonly path?: string;
  readonly condition?: string;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly trim_blocks?: boolean;
  readonly lstrip_blocks?: boolean;
  /** What lookups and `include` find. */
  readonly files?: Texts;
  readonly env?: Texts;
  readonly pipe?: Texts;
  readonly expect?: unknown;
  /** A part of the message. */
  readonly error?: string;
  /** Ansible lets this pass, and why it does not here. */
  readonly strict?: string;
  /** Ansible gives something else, and why. */
  readonly differs?: string;
}

export const kinds = ['expression', 'value', 'template', 'condition'] as const;

export const known: ReadonlySet<string> = new Set([
  ...['name', ...kinds, 'path', 'vars', 'trim_blocks', 'lstrip_blocks', 'files', 'env', 'pipe'],
  ...['expect', 'error', 'strict', 'differs'],
]);

const folder = join(import.meta.dirname, '../cases');

/** Every case, by the topic that its file is named after. */
export const readTopics = (): ReadonlyMap<string, readonly TemplateCase[]> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => [
        file.replace(/\.yaml$/, ''),
        parse(readFileSync(join(folder, file), 'utf8')) as TemplateCase[],
      ]),
  );

const inTexts = (texts: Texts | undefined, name: string): string | undefined =>
  texts !== undefined && Object.hasOwn(texts, name) ? texts[name] : undefined;

const lookupsOf = ({ files, env, pipe }: TemplateCase): Lookups => ({
  env: (name) => inTexts(env, name),
  file: (path) => inTexts(files, path),
  template: (path) => inTexts(files, path),
  find: (path) => (inTexts(files, path) === undefined ? undefined : path),
  kind: (path) => (inTexts(files, path) === undefined ? undefined : 'file'),
  glob: (pattern) => Object.keys(files ?? {}).filter((path) => path.endsWith(pattern.replace('*', ''))),
  pipe: (command) => inTexts(pipe, command) ?? '',
  now: () => new Date('2026-03-09T07:05:03.250Z'),
});

/** What the case's template gives. @throws TemplateError */
export const runCase = (given: TemplateCase): unknown => {
  const { expression, value, template, condition, vars = {} } = given;
  const scope = createScope([templatedVariables('case', vars)], { lookups: lookupsOf(given) });
  if (expression !== undefined) return scope.evaluate(expression);
  if (value !== undefined) return scope.render(value);
  if (condition !== undefined) {
    const span = { file: 'case.yml', line: 1, column: 1, offset: 0, length: condition.length };
    return scope.test({ text: condition, span });
  }
  const { trim_blocks: trimBlocks = true, lstrip_blocks: lstripBlocks = false } = given;
  return scope.renderText(template ?? '', { trimBlocks, lstripBlocks, file: given.path ?? 'case.j2' });
};
