import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { Secrets } from '../model/project.ts';
import type { Span } from '../model/span.ts';
import { utf8Text } from '../util/utf8-text.ts';
import { resolvePlainScalar } from '../util/yaml-scalar.ts';
import type { Place } from './located-tree.ts';
import { NodeSpans } from './node-spans.ts';
import type { SpanOf } from './spans.ts';
import { unquotedTemplate } from './yaml-syntax.ts';

/** A part of the document: its value, its place, and how many values there are in it with all aliases written out. */
interface Composed {
  readonly value: unknown;
  readonly place: Place;
  readonly size: number;
}

/** A file of a thousand tasks has some 20 000 values. */
const largest = 1_000_000;
const deepest = 100;

const standardTags = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Tags of values that are encrypted one by one; Ansible knows the first two. */
const sealedTags: ReadonlySet<string> = new Set(['!vault', '!vault-encrypted', '!age']);

/** A shorter one would hide half of every text. */
const shortestHidden = 4;

export interface ComposeOptions {
  readonly spanOf: SpanOf;
  /** undefined: encrypted values cannot be read. */
  readonly secrets?: Secrets | undefined;
}

/** Turns the parser's tree into plain values with their places; gathers what is wrong on the way. */
export class YamlComposer {
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: Document;
  readonly #text: string;
  readonly #spanOf: SpanOf;
  readonly #spans: NodeSpans;
  readonly #secrets: Secrets | undefined;
  /** Anchored nodes are composed once and shared by their aliases; `undefined` while that is going on. */
  readonly #composed = new Map<Node, Composed | undefined>();

  constructor(document: Document, text: string, { spanOf, secrets }: ComposeOptions) {
    this.#document = document;
    this.#text = text;
    this.#spanOf = spanOf;
    this.#spans = new NodeSpans(text, spanOf);
    this.#secrets = secrets;
  }

  /** @returns undefined when the document is too large to be used at all */
  compose(): Composed | undefined {
    const root = this.#node(this.#document.contents as Node | null, 0);
    if (root.size <= largest) return root;
    this.#error('too-large', `aliases make this file more than ${largest} values`, root.place.span);
    return undefined;
  }

  #node(node: Node | null, depth: number, fallback = 0): Composed {
    if (node === null) return this.#leaf(null, this.#spanOf(fallback, fallback));
    if (depth > deepest) return this.#tooDeep(node);
    if (isAlias(node)) return this.#alias(node, depth);
    const done = this.#composed.get(node);
    if (done !== undefined) return done;
    this.#composed.set(node, undefined);
    const composed = this.#fresh(node, depth);
    this.#composed.set(node, composed);
    return composed;
  }

  #fresh(node: Node, depth: number): Composed {
    this.#checkTag(node);
    if (isMap(node)) return this.#unquotedTemplate(node) ?? this.#map(node, depth);
    if (isSeq(node)) return this.#seq(node, depth);
    return this.#scalar(node as Scalar);
  }

  #leaf(value: unknown, span: Span, source?: string): Composed {
    return { value, place: { span, source }, size: 1 };
  }

  #tooDeep(node: Node): Composed {
    this.#error('too-deep', `nested more than ${deepest} deep`, this.#spans.whole(node));
    return this.#leaf(null, this.#spans.whole(node));
  }

  #alias(node: Alias, depth: number): Composed {
    const span = this.#spans.whole(node);
    const target = node.resolve(this.#document) as Node | undefined;
    if (target === undefined) {
      this.#error('yaml-syntax', `no anchor "&${node.source}" stands before this alias`, span);
      return this.#leaf(undefined, span);
    }
    if (this.#composed.has(target) && this.#composed.get(target) === undefined) {
      this.#error('alias-in-itself', `the alias "*${node.source}" stands inside of what it stands for`, span);
      return this.#leaf(null, span);
    }
    return this.#node(target, depth + 1);
  }

  #scalar(node: Scalar): Composed {
    const span = this.#spans.content(node);
    const source = this.#spans.source(node);
    const text = String(node.value ?? '');
    if (node.tag !== undefined && sealedTags.has(node.tag)) return this.#sealed(node, node.tag, text);
    if (node.tag === '!unsafe') return this.#leaf(unsafe(text), span, source);
    return this.#leaf(scalarValue(node, text), span, source);
  }

  /** What is in it is text, and never a template: as Ansible has it. */
  #sealed(node: Scalar, tag: string, text: string): Composed {
    const span = this.#spans.tag(node, tag);
    const opened = this.#open(tag, text, span);
    if (opened === undefined) return this.#leaf('', span);
    this.#secrets?.hide(opened);
    if (opened.trim().length < shortestHidden)
      this.diagnostics.push({
        severity: 'warning',
        code: 'short-secret',
        message: `a secret of less than ${shortestHidden} characters cannot be hidden in what is shown`,
        span,
        hint: 'make it longer, or set no_log on the tasks that use it',
      });
    return this.#leaf(unsafe(opened), span);
  }

  #open(tag: string, text: string, span: Span): string | undefined {
    const sealed = new TextEncoder().encode(text.trim());
    if (this.#secrets?.isSealed(sealed) !== true) {
      const what = tag === '!age' ? 'age -a (-----BEGIN AGE…)' : 'ansible-vault ($ANSIBLE_VAULT;…)';
      const cannot = this.#secrets === undefined && text.trim() !== '';
      this.#error(
        'bad-encrypted-value',
        cannot
          ? 'encrypted values are not read here'
          : `"${tag}" stands before what was encrypted with ${what}`,
        span,
      );
      return undefined;
    }
    try {
      const opened = utf8Text(this.#secrets.open(sealed, span));
      if (opened === undefined) this.#error('bad-encrypted-value', 'what is encrypted here is no text', span);
      return opened;
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      this.diagnostics.push(...error.diagnostics);
      return undefined;
    }
  }

  #seq(node: YAMLSeq, depth: number): Composed {
    const items = node.items.map((item) => this.#node(item as Node | null, depth + 1, node.range?.[0]));
    return {
      value: items.map((item) => item.value),
      place: {
        span: this.#spans.whole(node),
        parts: new Map(items.map((item, index) => [String(index), item.place])),
      },
      size: items.reduce((sum, item) => sum + item.size, 1),
    };
  }

  #map(node: YAMLMap, depth: number): Composed {
    const value: Record<string, unknown> = {};
    const parts = new Map<string, Place>();
    const merged: Composed[] = [];
    let size = 1;
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair);
      if (key === undefined) continue;
      const child = this.#node(pair.value, depth + 1, this.#spans.endOf(pair.key));
      size += child.size;
      if (key.merge) {
        merged.push(child);
        continue;
      }
      const first = parts.get(key.name);
      if (first !== undefined) this.#duplicate(key.name, key.span, first.key ?? first.span);
      define(value, key.name, child.value);
      parts.set(key.name, { ...child.place, key: key.span });
    }
    for (const source of merged) this.#merge(value, parts, source);
    return { value, place: { span: this.#spans.whole(node), parts }, size };
  }

  #key(pair: Pair<Node, Node | null>): { name: string; merge: boolean; span: Span } | undefined {
    const { key } = pair;
    const scalar = isAlias(key) ? (key.resolve(this.#document) as Node | undefined) : key;
    const span = this.#spans.whole(key);
    if (!isScalar(scalar)) {
      this.#error('bad-key', 'a key must be a text, not a list or a mapping', span);
      return undefined;
    }
    const merge = scalar.type === 'PLAIN' && scalar.value === '<<';
    return {
      name: String(scalar.value ?? ''),
      merge,
      span: isAlias(key) ? span : this.#spans.content(scalar),
    };
  }

  /** `{{ x }}` without quotes is a mapping with a mapping as its key. Read on as what was meant. */
  #unquotedTemplate(node: YAMLMap): Composed | undefined {
    const [start, end] = node.range ?? [0, 0];
    const source = this.#text.slice(start, end);
    if (!source.startsWith('{{')) return undefined;
    const span = this.#spanOf(start, end);
    this.#error('unquoted-template', unquotedTemplate, span, `write "${source.replaceAll('"', "'")}"`);
    return this.#leaf(source, span);
  }

  /** What is written here is stronger than what is merged in; of several merged mappings the first is strongest. */
  #merge(value: Record<string, unknown>, parts: Map<string, Place>, source: Composed): void {
    const sources = Array.isArray(source.value) ? source.value : [source.value];
    sources.forEach((mapping: unknown, index) => {
      const place = Array.isArray(source.value) ? source.place.parts?.get(String(index)) : source.place;
      if (mapping === undefined) return;
      if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) {
        this.#error(
          'bad-merge',
          '"<<" merges a mapping, or a list of mappings',
          place?.span ?? source.place.span,
        );
        return;
      }
      for (const [name, part] of Object.entries(mapping)) {
        if (Object.hasOwn(value, name)) continue;
        define(value, name, part);
        const origin = place?.parts?.get(name);
        if (origin !== undefined) parts.set(name, origin);
      }
    });
  }

  #duplicate(name: string, span: Span, first: Span): void {
    this.diagnostics.push({
      severity: 'error',
      code: 'duplicate-key',
      message: `the key "${name}" stands here a second time`,
      span,
      related: [{ message: 'first here', span: first }],
    });
  }

  #checkTag(node: Node): void {
    const { tag } = node;
    if (tag === undefined || tag === '!' || tag === '!unsafe' || standardTags.has(tag)) return;
    const span = this.#spans.tag(node, tag);
    if (!sealedTags.has(tag))
      this.#error(
        'unknown-tag',
        `unknown YAML tag "${tag}"`,
        span,
        'quote the value if the "!" belongs to the text',
      );
    else if (!isScalar(node))
      this.#error('bad-encrypted-value', `"${tag}" stands before a text, written as a block: ${tag} |`, span);
  }

  #error(code: string, message: string, span: Span, hint?: string): void {
    this.diagnostics.push({ severity: 'error', code, message, span, hint });
  }
}

/** `__proto__` is a key like any other in a file. */
const define = (target: Record<string, unknown>, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
};

/** Text that is never a template: an expression that gives the text. */
const unsafe = (text: string): string => (/\{[{%#]/.test(text) ? `{{ ${JSON.stringify(text)} }}` : text);

const scalarValue = (node: Scalar, text: string): unknown => {
  if (node.tag === 'tag:yaml.org,2002:str' || node.tag === '!') return text;
  if (node.tag?.startsWith('tag:yaml.org,2002:') === true) return resolvePlainScalar(text);
  return node.type === 'PLAIN' || node.type === undefined ? resolvePlainScalar(text) : text;
};
