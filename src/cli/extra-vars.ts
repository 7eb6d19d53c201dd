import { parseProjectYaml } from '../language/project-yaml.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { Variables } from '../model/located.ts';
import type { ProjectFiles } from '../model/project.ts';
import { templatedVariables } from '../template/scope.ts';
import { splitWords } from '../util/split-words.ts';
import { UsageError } from './usage-error.ts';

type Values = Readonly<Record<string, unknown>>;

const readYamlMapping = (text: string, file: string, files: ProjectFiles): Values => {
  const { located, diagnostics } = parseProjectYaml(text, file, files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DiagnosticError(errors);
  const value = located?.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${file}: variables are a mapping of names to values`);
  }
  return value as Values;
};

const readFile = (path: string, files: ProjectFiles): Values => {
  const text = files.text(path);
  if (text === undefined) throw new UsageError(`--extra-vars @${path}: there is no such file`);
  return readYamlMapping(text, path, files);
};

/** `a=1 b="two words"`: all values are texts, as Ansible has it. */
const readPairs = (text: string): Values =>
  Object.fromEntries(
    splitWords(text).map((word) => {
      const at = word.indexOf('=');
      if (at < 1)
        throw new UsageError(`--extra-vars wants name=value, YAML or JSON, or @file; found "${word}"`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );

const readOne = (text: string, files: ProjectFiles): Values => {
  if (text.startsWith('@')) return readFile(text.slice(1), files);
  if (/^\s*[{[]/.test(text)) return readYamlMapping(text, '--extra-vars', files);
  return readPairs(text);
};

/** `-e`, all of them, later ones stronger. @throws UsageError, DiagnosticError */
export const readExtraVars = (texts: readonly string[], files: ProjectFiles): Variables =>
  templatedVariables('--extra-vars', Object.assign({}, ...texts.map((text) => readOne(text, files))));
