import { type Document, LineCounter, parseDocument } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Located } from '../model/located.ts';
import type { Secrets } from '../model/project.ts';
import { located } from './located-tree.ts';
import { spansOf } from './spans.ts';
import { YamlComposer } from './yaml-compose.ts';
import { syntaxDiagnostics } from './yaml-syntax.ts';

/** A file read as YAML. */
export interface ParsedYaml {
  /** undefined where the syntax is wrong; present beside other diagnostics, so that reading can go on. */
  readonly located: Located | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads YAML as Ansible's files mean it: `yes` and `off` are booleans, `0644` is octal, `<<` merges, dates and `12:30`
 * are text. An empty file is null. Keys are always strings, as they are written.
 *
 * Spans: of a quoted text what is between the quotes (where nothing in it is escaped), of a `|` block its first
 * line of text, so that line and column inside of the value add up to those in the file. `sourceAt` gives a scalar as
 * written, with its quotes.
 *
 * `!unsafe` text becomes an expression that gives it. Diagnostics: `yaml-syntax`, `duplicate-key`, `unquoted-template`,
 * `bad-key`, `bad-merge`, `unknown-tag`, `alias-in-itself`, `too-large`, `too-deep`; of encrypted values (`!vault`, `!age`)
 * `bad-encrypted-value`, `short-secret`, and what `secrets` has to say.
 *
 * @param text  the file's text
 * @param file  its path as messages show it
 * @param secrets  opens encrypted values; without it they are an error
 */
export const parseYaml = (text: string, file: string, secrets?: Secrets): ParsedYaml => {
  const lines = new LineCounter();
  // `failsafe` keeps every scalar as text, so that one place (yaml-scalar.ts) decides what it means.
  const document: Document = parseDocument(text, {
    lineCounter: lines,
    schema: 'failsafe',
    keepSourceTokens: true,
    prettyErrors: false,
    uniqueKeys: false,
    version: '1.1',
  });
  const spanOf = spansOf(file, lines);
  const syntax = syntaxDiagnostics(document.errors, text, spanOf);
  if (syntax.length > 0) return { located: undefined, diagnostics: syntax };
  const composer = new YamlComposer(document, text, { spanOf, secrets });
  const root = composer.compose();
  return {
    located: root === undefined ? undefined : located(root.value, root.place),
    diagnostics: composer.diagnostics,
  };
};
