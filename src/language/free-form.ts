/** A stretch of a free-form text, offsets in UTF-16 code units from its start. */
interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A `key=value` in a free-form text. */
export interface FreeFormPair {
  /** May be a template. */
  readonly key: string;
  /** Without the quotes around it. */
  readonly value: string;
  /** Where the key and the value begin and the value ends, quotes excluded. */
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
}

/** `name=redis state=present`, or `chdir=/tmp ls -l`. */
export interface FreeForm {
  readonly pairs: readonly FreeFormPair[];
  /** What is no `key=value`, exactly as written but for space around it; undefined where there is nothing left. */
  readonly rest: { readonly text: string; readonly start: number; readonly end: number } | undefined;
  /** The text ends inside of quotes or braces that were opened here. */
  readonly unclosedAt: number | undefined;
}

const closers: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' };

/** Splits at blanks outside of quotes and of template braces, as Ansible does. */
const splitWords = (text: string): { words: Word[]; unclosedAt: number | undefined } => {
  const words: Word[] = [];
  let start: number | undefined;
  let closer: string | undefined;
  let openedAt = 0;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] ?? '';
    if (closer !== undefined) {
      if (letter === '\\' && closer.length === 1) index += 1;
      else if (text.startsWith(closer, index)) {
        index += closer.length - 1;
        closer = undefined;
      }
      continue;
    }
    if (/\s/.test(letter)) {
      if (start !== undefined) words.push({ text: text.slice(start, index), start, end: index });
      start = undefined;
      continue;
    }
    start ??= index;
    const braces = closers[text.slice(index, index + 2)];
    if (braces !== undefined || ((letter === '"' || letter === "'") && text[index - 1] !== '\\')) {
      closer = braces ?? letter;
      openedAt = index;
      if (braces !== undefined) index += 1;
    }
  }
  if (start !== undefined) words.push({ text: text.slice(start), start, end: text.length });
  return { words, unclosedAt: closer === undefined ? undefined : openedAt };
};

/** Python's escapes, which Ansible reads in such values whatever quotes are around them. */
const escaped = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g;

const controls: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

const withoutEscapes = (text: string): string =>
  text.replaceAll(escaped, (_, long?: string, short?: string, byte?: string, letter = '') => {
    const digits = long ?? short ?? byte;
    if (digits !== undefined) return String.fromCodePoint(Number.parseInt(digits, 16));
    return controls[letter] ?? letter;
  });

/** A name, or a text with templates in it that gives one: an equals sign in their braces ends nothing. */
const keyBefore = /^([A-Za-z_][\w-]*|(?:[\w-]*\{\{[\s\S]*?\}\})+[\w-]*)=/;

const pairOf = (word: Word): FreeFormPair | undefined => {
  const [begin = '', key] = keyBefore.exec(word.text) ?? [];
  if (key === undefined) return undefined;
  const equals = begin.length - 1;
  const raw = word.text.slice(begin.length);
  const quoted = /^(["'])[\s\S]*\1$/.test(raw) && raw.length > 1;
  const value = withoutEscapes(quoted ? raw.slice(1, -1) : raw);
  const start = word.start + equals + 1 + (quoted ? 1 : 0);
  return { key, value, keyStart: word.start, start, end: word.end - (quoted ? 1 : 0) };
};

/**
 * Reads the text form of a task's parameters.
 *
 * @param known  whether a key is a parameter. Other `key=value` words belong to the rest where the module takes one (a
 *   command's own words, `dd if=/dev/zero`)
 */
export const parseFreeForm = (text: string, known: (key: string) => boolean): FreeForm => {
  const { words, unclosedAt } = splitWords(text);
  const pairs: FreeFormPair[] = [];
  let rest = '';
  let from = 0;
  let first: number | undefined;
  let last = 0;
  for (const word of words) {
    const pair = pairOf(word);
    if (pair !== undefined && known(pair.key)) {
      pairs.push(pair);
      rest += text.slice(from, word.start);
      from = word.end;
      continue;
    }
    first ??= word.start;
    last = word.end;
  }
  // A text of several lines keeps the end of its last one, as Ansible has it.
  const end = text.endsWith('\n') ? '\n' : '';
  const trimmed = `${(rest + text.slice(from)).trim()}${end}`;
  return {
    pairs,
    rest: first === undefined ? undefined : { text: trimmed, start: first, end: last },
    unclosedAt,
  };
};
