import type { Located } from '../model/located.ts';
import type { Condition, Source } from '../model/play.ts';
import type { Span } from '../model/span.ts';
import { booleanWords } from '../util/yaml-scalar.ts';
import { describe } from './describe.ts';
import { partOf } from './located-tree.ts';
import type { Problems } from './problems.ts';
import { hasTemplate, soleExpression, sourceOf } from './source.ts';

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isScalar = (value: unknown): boolean => value !== null && typeof value !== 'object';

/** The keys of a mapping in a file, read with their types; what has the wrong type is a problem and reads as absent. */
export class Fields {
  readonly mapping: Located;
  readonly problems: Problems;

  constructor(mapping: Located, problems: Problems) {
    this.mapping = mapping;
    this.problems = problems;
  }

  get keys(): readonly string[] {
    return isMapping(this.mapping.value) ? Object.keys(this.mapping.value) : [];
  }

  has(key: string): boolean {
    return isMapping(this.mapping.value) && Object.hasOwn(this.mapping.value, key);
  }

  at(key: string): Located {
    return partOf(this.mapping, [key]);
  }

  keySpan(key: string): Span {
    return this.mapping.at([key], 'key');
  }

  /** true or false; the quoted words too. */
  boolean(key: string): boolean | undefined {
    const flag = this.flag(key);
    if (typeof flag !== 'object') return flag;
    this.problems.notYet(`a template as "${key}"`, flag.span);
    return undefined;
  }

  /** true, false or a template that says so. */
  flag(key: string): boolean | Source | undefined {
    if (!this.has(key)) return undefined;
    const { value } = this.at(key);
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      const word = booleanWords[value.toLowerCase()];
      if (word !== undefined) return word;
      if (hasTemplate(value)) return sourceOf(this.at(key));
    }
    return this.wrong(key, 'true or false');
  }

  /** A text without templates; numbers are taken as they are written. */
  text(key: string): string | undefined {
    const source = this.source(key);
    if (source === undefined || !hasTemplate(source.text)) return source?.text;
    this.problems.notYet(`a template as "${key}"`, source.span);
    return undefined;
  }

  /** A text that may be a template. */
  source(key: string): Source | undefined {
    if (!this.has(key)) return undefined;
    const part = this.at(key);
    if (!isScalar(part.value)) return this.wrong(key, 'a text');
    return sourceOf(part);
  }

  textOrSource(key: string): string | Source | undefined {
    const source = this.source(key);
    return source === undefined || hasTemplate(source.text) ? source : source.text;
  }

  /** A number that is not negative. */
  number(key: string): number | undefined {
    if (!this.has(key)) return undefined;
    const { value, span } = this.at(key);
    const number = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && number >= 0) return number;
    if (typeof value === 'string' && hasTemplate(value)) {
      this.problems.notYet(`a template as "${key}"`, span);
      return undefined;
    }
    return this.wrong(key, 'a number, 0 or more');
  }

  /** One text or a list of them. */
  sources(key: string): readonly Source[] {
    if (!this.has(key)) return [];
    return this.items(key).flatMap((part) => {
      if (isScalar(part.value)) return [sourceOf(part)];
      this.wrongAt(part.span, key, 'a text or a list of texts', part.value);
      return [];
    });
  }

  /** Conditions: one or a list. */
  conditions(key: string): readonly Condition[] {
    if (!this.has(key)) return [];
    if (this.at(key).value === null) this.wrong(key, 'an expression, true or false');
    return this.items(key).flatMap((part) => this.#condition(key, part));
  }

  /** The value as a list of parts: itself, or its items; none for null. */
  items(key: string): readonly Located[] {
    const part = this.at(key);
    if (part.value === null) return [];
    return Array.isArray(part.value) ? part.value.map((_, index) => partOf(part, [index])) : [part];
  }

  wrong(key: string, wanted: string): undefined {
    this.wrongAt(this.mapping.at([key]), key, wanted, this.at(key).value);
    return undefined;
  }

  wrongAt(span: Span, key: string, wanted: string, found: unknown): void {
    this.problems.error('bad-value', `"${key}" must be ${wanted}; found ${describe(found)}`, span);
  }

  #condition(key: string, part: Located): readonly Condition[] {
    if (typeof part.value === 'boolean') return [part.value];
    if (typeof part.value !== 'string' || part.value.trim() === '') {
      this.wrongAt(part.span, key, 'an expression, true or false', part.value === '' ? '' : part.value);
      return [];
    }
    const source = sourceOf(part);
    if (!/\{\{|\{%/.test(source.text)) return [source];
    return this.#templateAsCondition(key, source);
  }

  #templateAsCondition(key: string, source: Source): readonly Condition[] {
    const inner = soleExpression(source);
    const hint = `"${key}" is an expression already: write the names without "{{ }}"`;
    if (inner === undefined) {
      this.problems.error(
        'template-in-condition',
        `"${key}" takes an expression, not a template`,
        source.span,
        { hint },
      );
      return [];
    }
    this.problems.warning('template-in-condition', `"${key}" with "{{ }}" around it`, source.span, { hint });
    return [inner];
  }
}
