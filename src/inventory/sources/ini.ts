import { located, type Place } from '../../language/located-tree.ts';
import type { Problems } from '../../language/problems.ts';
import type { Span } from '../../model/span.ts';
import { UnclosedQuote, type Word, wordsOf } from '../../util/split-words.ts';
import type { GroupPart } from './part.ts';
import { pythonLiteral } from './python-literal.ts';

const kinds = ['hosts', 'children', 'vars'] as const;
type Kind = (typeof kinds)[number];

const isKind = (word: string): word is Kind => (kinds as readonly string[]).includes(word);

/** `[group]`, `[group:vars]`, `[group:children]`, and a comment perhaps. */
const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;

/** A host that is named by its IPv6 address. */
const isAddress = /^\[[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*\]$/;

interface Line {
  /** Without the blanks around it. */
  readonly text: string;
  /** Of a stretch of it. */
  span(at: number, length: number): Span;
}

const linesOf = function* (text: string, file: string): Generator<Line> {
  let offset = 0;
  for (const [index, whole] of text.split(/(?<=\n)/).entries()) {
    const trimmed = whole.trim();
    const indent = whole.length - whole.trimStart().length;
    const start = offset + indent;
    if (trimmed !== '' && !/^[#;]/.test(trimmed))
      yield {
        text: trimmed,
        span: (at, length) => ({
          file,
          line: index + 1,
          column: indent + at + 1,
          offset: start + at,
          length,
        }),
      };
    offset += whole.length;
  }
};

/** `name=value`, and where the name stands. */
interface Assignment {
  readonly name: string;
  readonly value: unknown;
  readonly nameSpan: Span;
  readonly valueSpan: Span;
}

/** A mapping of one key, at its place. */
const under = (key: string, keySpan: Span, value: unknown, place: Omit<Place, 'key'>) => ({
  value: { [key]: value },
  place: { span: place.span, parts: new Map([[key, { ...place, key: keySpan }]]) } satisfies Place,
});

const mappingOf = (assignments: readonly Assignment[], span: Span): { value: unknown; place: Place } => ({
  value: Object.fromEntries(assignments.map(({ name, value }) => [name, value])),
  place: {
    span,
    parts: new Map(
      assignments.map(({ name, nameSpan, valueSpan }) => [name, { span: valueSpan, key: nameSpan }]),
    ),
  },
});

/** Reads the lines of an INI inventory one after another. */
class IniReader {
  readonly parts: GroupPart[] = [];
  readonly #problems: Problems;
  /** Groups that have a section of hosts or of children. */
  readonly #declared = new Set(['all', 'ungrouped']);
  /** Groups that are spoken of, with the first place of each. */
  readonly #mentioned = new Map<string, { readonly span: Span; readonly what: string }>();
  #group = 'ungrouped';
  #kind: Kind = 'hosts';

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  read(line: Line): void {
    if (/^\[.*\](?:\s*#.*)?$/.test(line.text) && !isAddress.test(line.text)) this.#header(line);
    else if (this.#kind === 'hosts') this.#host(line);
    else if (this.#kind === 'vars') this.#variable(line);
    else this.#child(line);
  }

  finish(): void {
    for (const [name, { span, what }] of this.#mentioned) {
      if (this.#declared.has(name)) continue;
      this.#problems.error('unknown-group', `${what} speaks of a group "${name}" that is nowhere`, span, {
        hint: `[${name}] begins the group`,
      });
    }
  }

  #whole({ text, span }: Line): Span {
    return span(0, text.length);
  }

  #header(line: Line): void {
    const found = header.exec(line.text);
    const [, group, kind = 'hosts'] = found ?? [];
    if (group === undefined) {
      this.#problems.error('bad-section', `${line.text} is no section`, this.#whole(line), {
        hint: '[group], [group:vars] or [group:children], without blanks',
      });
      return;
    }
    const span = line.span(1, group.length);
    if (!isKind(kind)) {
      this.#problems.error(
        'bad-section',
        `unknown kind of section "${kind}"`,
        line.span(group.length + 2, kind.length),
        {
          hint: `a section is [${group}], [${group}:vars] or [${group}:children]`,
        },
      );
      return;
    }
    this.#group = group;
    this.#kind = kind;
    if (kind === 'vars') this.#mention(group, span, `[${group}:vars]`);
    else this.#declared.add(group);
    this.parts.push({ group, span, part: located(null, { span }) });
  }

  #mention(group: string, span: Span, what: string): void {
    if (!this.#mentioned.has(group)) this.#mentioned.set(group, { span, what });
  }

  #add(kind: Kind, { value, place }: { value: unknown; place: Place }): void {
    const { span } = place;
    const whole = under(kind, span, value, place);
    this.parts.push({ group: this.#group, span, part: located(whole.value, whole.place) });
  }

  #host(line: Line): void {
    const words = this.#words(line);
    const [name, ...rest] = words ?? [];
    if (name === undefined) return;
    const span = line.span(name.at, name.text.length);
    const assignments = rest.flatMap((word) => this.#assignment(word, line) ?? []);
    const held = assignments.length === 0 ? { value: null, place: { span } } : mappingOf(assignments, span);
    this.#add('hosts', under(name.text, span, held.value, held.place));
  }

  #words(line: Line): readonly Word[] | undefined {
    try {
      return wordsOf(line.text, { comments: true });
    } catch (error) {
      if (!(error instanceof UnclosedQuote)) throw error;
      this.#problems.error('bad-host-line', 'a quote is not closed', this.#whole(line));
      return undefined;
    }
  }

  #assignment({ text, at }: Word, line: Line): Assignment | undefined {
    const sign = text.indexOf('=');
    if (sign > 0) {
      const name = text.slice(0, sign);
      const nameSpan = line.span(at, name.length);
      const valueSpan = line.span(at + sign + 1, text.length - sign - 1);
      return { name, value: pythonLiteral(text.slice(sign + 1)), nameSpan, valueSpan };
    }
    this.#problems.error(
      'bad-host-line',
      `"${text}" is no variable of the host`,
      line.span(at, text.length),
      {
        hint: 'a host a line, and behind it name=value; what has blanks in it stands in quotes: name="a b"',
      },
    );
    return undefined;
  }

  #variable(line: Line): void {
    const sign = line.text.indexOf('=');
    if (sign <= 0) {
      this.#problems.error('bad-variable-line', `"${line.text}" is no variable`, this.#whole(line), {
        hint: 'name=value',
      });
      return;
    }
    const name = line.text.slice(0, sign).trimEnd();
    const text = line.text.slice(sign + 1).trimStart();
    const nameSpan = line.span(0, name.length);
    const valueSpan = line.span(line.text.length - text.length, text.length);
    this.#add('vars', mappingOf([{ name, value: pythonLiteral(text), nameSpan, valueSpan }], nameSpan));
  }

  #child(line: Line): void {
    const found = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text);
    const name = found?.[1];
    if (name === undefined) {
      this.#problems.error(
        'bad-group-name',
        `"${line.text}" cannot be the name of a group`,
        this.#whole(line),
        {
          hint: 'a group a line',
        },
      );
      return;
    }
    const span = line.span(0, name.length);
    this.#mention(name, span, `[${this.#group}:children]`);
    this.#add('children', under(name, span, null, { span }));
  }
}

/**
 * Reads an INI inventory as Ansible does: hosts a line with `name=value` behind them, `[group]`, `[group:vars]`,
 * `[group:children]`; values as Python writes them (see `pythonLiteral`).
 *
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html
 */
export const readIni = (text: string, file: string, problems: Problems): readonly GroupPart[] => {
  const reader = new IniReader(problems);
  for (const line of linesOf(text, file)) reader.read(line);
  reader.finish();
  return reader.parts;
};
