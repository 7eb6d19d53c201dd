import { posix } from 'node:path';
import type { RenderOptions } from '../model/module.ts';
import { didYouMean } from '../util/nearest-name.ts';
import { atPlace } from './at-place.ts';
import { compileTemplate, valueOptions } from './compiled.ts';
import { EvaluationProblem } from './evaluation-problem.ts';
import type { Evaluator, Names } from './evaluator.ts';
import { keepLastBreaks, withoutLastBreak } from './last-breaks.ts';
import type { Lookups } from './lookups.ts';
import { behind, nowhere, type Place, placeInFile } from './place.ts';
import type { Stretch, Template } from './syntax.ts';
import { headerOf } from './template-header.ts';
import type { TemplateOptions } from './template-parser.ts';
import { type Import, type Include, TemplateRenderer } from './template-renderer.ts';
import { Callable } from './values.ts';

const unixBreaks = (text: string): string => text.replaceAll(/\r\n?/g, '\n');

export interface FileTools {
  readonly evaluator: Evaluator;
  readonly lookups: Pick<Lookups, 'template' | 'nearest'>;
  /** For what is imported without context: only what is there in every template. */
  readonly globals: Names;
}

/** Renders the templates that lie in files, with those that they include and import. */
export class FileRenderer {
  readonly #tools: FileTools;
  readonly #renderer: TemplateRenderer;
  /** Of the file that is being rendered; what it includes is read alike. */
  #options: TemplateOptions = { ...valueOptions, rawTexts: false };
  /** Where that file lies. */
  #folder: string | undefined;

  constructor(tools: FileTools) {
    this.#tools = tools;
    this.#renderer = new TemplateRenderer(tools.evaluator, { include: this.#include, import: this.#import });
  }

  /** A template that stands in a value. */
  renderValue(template: Template, names: Names): string {
    return this.#renderer.render(template, names);
  }

  /** @param text  the whole file, its first line with options included */
  render(
    text: string,
    { file, trimBlocks = true, lstripBlocks = false, delimiters }: RenderOptions,
    names: Names,
  ): string {
    const whole = unixBreaks(text);
    const place = placeInFile(whole, file);
    const { length, ...said } = atPlace(place, () => headerOf(whole, delimiters));
    const source = whole.slice(length);
    const around = { options: this.#options, folder: this.#folder };
    this.#options = { trimBlocks, lstripBlocks, delimiters, ...said, rawTexts: false };
    this.#folder = folderOf(file);
    try {
      return atPlace(behind(length, place), () =>
        keepLastBreaks(
          source,
          this.#renderer.render(compileTemplate(withoutLastBreak(source), this.#options), names),
        ),
      );
    } finally {
      this.#options = around.options;
      this.#folder = around.folder;
    }
  }

  readonly #include: Include = (paths, names, ignoreMissing, at) => {
    const found = this.#find(paths, ignoreMissing, at);
    if (found === undefined) return '';
    const { source, place } = found;
    return atPlace(place, () => this.#renderer.render(compileTemplate(source, this.#options), names));
  };

  readonly #import: Import = (paths, names = this.#tools.globals, at) => {
    const { source, place } = this.#find(paths, false, at) ?? { source: '', place: nowhere };
    const defined = atPlace(place, () =>
      this.#renderer.define(compileTemplate(source, this.#options), names),
    );
    // What is wrong in a macro is shown where it stands, not where it is called.
    const ofPlace = ({ name, call, loose }: Callable): Callable =>
      new Callable(name, (positional, named) => atPlace(place, () => call(positional, named)), { loose });
    return new Map(
      [...defined].map(([name, value]) => [name, value instanceof Callable ? ofPlace(value) : value]),
    );
  };

  /** The first template that is there. @returns undefined: none is, and that is allowed. @throws EvaluationProblem */
  #find(
    paths: readonly string[],
    ignoreMissing: boolean,
    at: Stretch,
  ): { readonly source: string; readonly place: Place } | undefined {
    const { template, nearest } = this.#tools.lookups;
    const path = paths
      .flatMap((candidate) => this.#placesOf(candidate))
      .find((candidate) => template?.(candidate) !== undefined);
    const text = path === undefined ? undefined : template?.(path);
    if (text === undefined && ignoreMissing) return undefined;
    if (path === undefined || text === undefined) {
      const near = nearest?.('template', paths[0] ?? '');
      const hint = didYouMean(near);
      const message = `there is no template "${paths.join('", "')}"`;
      throw new EvaluationProblem(message, 'missing-template', at, hint);
    }
    // Unlike of the template itself, the last line break is no part of what is included.
    const source = withoutLastBreak(unixBreaks(text));
    return { source, place: placeInFile(source, path) };
  }

  /** Names of a template, in the order they are looked for: beside the file that is being rendered comes last, after Ansible. */
  #placesOf(name: string): readonly string[] {
    return this.#folder === undefined || posix.isAbsolute(name)
      ? [name]
      : [name, posix.join(this.#folder, name)];
  }
}

/** Where the file lies that is rendered: what it includes is looked for there too. */
export const folderOf = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : posix.dirname(file);
