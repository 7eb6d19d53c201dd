import type { Expression, Template } from './syntax.ts';
import { parseExpression, parseTemplate, type TemplateOptions } from './template-parser.ts';

/** Texts read last; a run renders the same few hundred for every host. */
const remembered = 5_000;

const memoize = <V>(read: (text: string) => V): ((text: string) => V) => {
  const known = new Map<string, V>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text);
    if (known.size >= remembered) known.clear();
    known.set(text, value);
    return value;
  };
};

/** @throws SyntaxProblem */
export const compileExpression: (text: string) => Expression = memoize(parseExpression);

const templates = new Map<string, (text: string) => Template>();

/** @throws SyntaxProblem */
export const compileTemplate = (text: string, options: TemplateOptions): Template => {
  const { delimiters } = options;
  const own = delimiters === undefined ? '' : JSON.stringify(delimiters);
  const key = `${options.trimBlocks} ${options.lstripBlocks} ${options.rawTexts} ${own}`;
  const compile = templates.get(key) ?? memoize((source) => parseTemplate(source, options));
  templates.set(key, compile);
  return compile(text);
};

/** Texts in YAML: Ansible trims the line break after a statement there too. */
export const valueOptions: TemplateOptions = { trimBlocks: true, lstripBlocks: false, rawTexts: true };

/** Whether a text is more than text. */
export const isTemplate = (text: string): boolean =>
  text.includes('{{') || text.includes('{%') || text.includes('{#');

const withTemplates = new WeakMap<object, boolean>();

/** Whether there is a template anywhere inside. */
export const holdsTemplate = (value: unknown): boolean => {
  if (typeof value === 'string') return isTemplate(value);
  if (typeof value !== 'object' || value === null) return false;
  const known = withTemplates.get(value);
  if (known !== undefined) return known;
  const holds = Object.values(value).some(holdsTemplate);
  withTemplates.set(value, holds);
  return holds;
};
