import type { Node, Scalar } from 'yaml';
import type { Span } from '../model/span.ts';
import type { SpanOf } from './spans.ts';

/** Where the nodes of the parser's tree stand in their file. */
export class NodeSpans {
  readonly #text: string;
  readonly #spanOf: SpanOf;

  /** @param text  of the file */
  constructor(text: string, spanOf: SpanOf) {
    this.#text = text;
    this.#spanOf = spanOf;
  }

  /** Of its tag; of the node where the tag cannot be found. */
  tag(node: Node, tag: string): Span {
    const start = node.range?.[0] ?? 0;
    const at = this.#text.lastIndexOf(tag, start);
    return at < 0 ? this.whole(node) : this.#spanOf(at, at + tag.length);
  }

  /** From its first sign to its last. */
  whole(node: Node): Span {
    const [start, end] = node.range ?? [0, 0];
    return this.#spanOf(start, end);
  }

  /** An offset. */
  endOf(node: Node): number {
    return node.range?.[1] ?? 0;
  }

  /** As it is written. */
  source(node: Scalar): string {
    const [start, end] = node.range ?? [0, 0];
    return this.#text.slice(start, end);
  }

  /**
   * Where the text of a scalar itself begins: behind the quote, or on the line after `|`. With it a place inside of the
   * text is a place in the file, by line and column.
   */
  content(node: Scalar): Span {
    const [start, end] = node.range ?? [0, 0];
    const text = String(node.value ?? '');
    const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
    if (quoted && text !== '' && end - start === text.length + 2) return this.#spanOf(start + 1, end - 1);
    if (node.type !== 'BLOCK_LITERAL') return this.#spanOf(start, end);
    const [line = ''] = text.split('\n', 1);
    const body = this.#text.indexOf('\n', start) + 1;
    const content = this.#text.indexOf(line, body);
    if (body === 0 || line === '' || content < 0 || content >= end) return this.#spanOf(start, end);
    return this.#spanOf(content, content + line.length);
  }
}
