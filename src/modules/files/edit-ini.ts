import { linesOf } from './edit-file.ts';

/** What a section must hold to be the one that is meant. */
export interface IniCondition {
  readonly option: string;
  /** Empty: any. */
  readonly values: readonly string[];
}

/** One option of an INI file, as a task wants it. */
export interface IniEdit {
  /** undefined: the lines before the first section. */
  readonly section: string | undefined;
  readonly conditions: readonly IniCondition[];
  readonly option: string | undefined;
  /** Each once. */
  readonly values: readonly string[];
  readonly isPresent: boolean;
  readonly exclusive: boolean;
  readonly noExtraSpaces: boolean;
  readonly ignoreSpaces: boolean;
  readonly allowNoValue: boolean;
  /** A line that is a comment counts as the option's. */
  readonly modifyInactive: boolean;
}

interface Match {
  readonly comment: string;
  /** There is a `=`. */
  readonly isSet: boolean;
  readonly value: string;
}

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** What a line says of the option; undefined: it is another line. */
const matcherOf = (option: string): ((line: string) => Match | undefined) => {
  const pattern = new RegExp(`^[ \\t]*([#;]?)[ \\t]*${literal(option)}[ \\t]*(?:(=)[ \\t]*(.*))?$`);
  return (line) => {
    const match = pattern.exec(line.replace(/\r?\n$/, ''));
    if (match === null) return undefined;
    return { comment: match[1] ?? '', isSet: match[2] !== undefined, value: match[3] ?? '' };
  };
};

const render = (edit: IniEdit, option: string, value: string | undefined): string =>
  value === undefined || (value === '' && edit.allowNoValue)
    ? `${option}\n`
    : `${option}${edit.noExtraSpaces ? '=' : ' = '}${value}\n`;

const holds = (lines: readonly string[], conditions: readonly IniCondition[]): boolean =>
  conditions.every(({ option, values }) => {
    const match = matcherOf(option);
    return lines.some((line) => {
      const found = match(line);
      return found !== undefined && (values.length === 0 || values.includes(found.value));
    });
  });

interface Range {
  /** Index of the header; -1 for the lines before the first. */
  readonly start: number;
  readonly end: number;
}

const findSection = (lines: readonly string[], edit: IniEdit): Range | undefined => {
  const next = (from: number): number => {
    const at = lines.findIndex((line, index) => index >= from && line.startsWith('['));
    return at === -1 ? lines.length : at;
  };
  if (edit.section === undefined) return { start: -1, end: next(0) };
  const header = new RegExp(`^\\[\\s*${literal(edit.section.trim())}\\s*\\]`);
  for (const [index, line] of lines.entries()) {
    const end = next(index + 1);
    if (header.test(line) && holds(lines.slice(index, end), edit.conditions)) return { start: index, end };
  }
  return undefined;
};

/** A line of the section that is being edited. */
interface Row {
  readonly text: string;
  /** It says what was wanted, so that it stays. */
  readonly isDone: boolean;
}

/** A line in its new form; with `ignoreSpaces` one that differs by blanks around the sign only stays. */
const renew = (edit: IniEdit, option: string, old: string, value: string | undefined): Row => {
  const text = render(edit, option, value);
  const [before, after] = [old, text].map(matcherOf(option));
  const isAlike = edit.ignoreSpaces && before?.comment === '' && before.value === after?.value;
  return { text: isAlike ? old : text, isDone: true };
};

/** Sets the option among the lines of its section. */
const setOption = (edit: IniEdit, option: string, lines: readonly string[]): string[] => {
  const matchAny = matcherOf(option);
  const match = (line: string): Match | undefined => {
    const found = matchAny(line);
    return found?.comment !== '' && !edit.modifyInactive ? undefined : found;
  };
  const wanted = [...edit.values];
  let isFlagSet = false;
  let rows = lines.map((text): Row => {
    const found = match(text);
    if (found === undefined) return { text, isDone: false };
    if (wanted.includes(found.value)) {
      wanted.splice(wanted.indexOf(found.value), 1);
      return renew(edit, option, text, found.value);
    }
    if (edit.values.length > 0 || !edit.allowNoValue || isFlagSet) return { text, isDone: false };
    isFlagSet = true;
    return renew(edit, option, text, undefined);
  });
  // A comment such as "; name" without a sign is prose, no option that somebody has switched off.
  const isLeft = ({ text, isDone }: Row): boolean => {
    const found = match(text);
    return !isDone && found !== undefined && (found.comment === '' || found.isSet);
  };
  if (edit.exclusive && !edit.allowNoValue) {
    rows = rows.map((row) =>
      isLeft(row) && wanted.length > 0 ? renew(edit, option, row.text, wanted.shift()) : row,
    );
    rows = rows.filter((row) => !isLeft(row));
  }
  const isMissingFlag = edit.values.length === 0 && edit.allowNoValue && !isFlagSet;
  const added = isMissingFlag
    ? [render(edit, option, undefined)]
    : wanted.map((value) => render(edit, option, value));
  const last = rows.findLastIndex(({ text }) => !/^[ \t]*(?:[#;].*)?\r?\n?$/.test(text));
  return rows.map(({ text }) => text).toSpliced(last + 1, 0, ...added);
};

const dropOption = (edit: IniEdit, option: string, lines: readonly string[]): string[] => {
  const match = matcherOf(option);
  return lines.filter((line) => {
    const found = match(line);
    if (found === undefined || found.comment !== '') return true;
    return !edit.exclusive && !edit.values.includes(found.value);
  });
};

/** A section that is not there yet, with all that it must hold. */
const newSection = (edit: IniEdit): string[] => {
  const others = edit.conditions.filter(({ option }) => option !== edit.option);
  const own = edit.exclusive ? [] : edit.conditions.filter(({ option }) => option === edit.option);
  const values = [...new Set([...edit.values, ...own.flatMap((condition) => condition.values)])];
  const required = others.flatMap(({ option, values: list }) =>
    list.length === 0 && edit.allowNoValue
      ? [render(edit, option, undefined)]
      : list.map((value) => render(edit, option, value)),
  );
  const { option } = edit;
  const set = option === undefined ? [] : values.map((value) => render(edit, option, value));
  const flag =
    option !== undefined && values.length === 0 && edit.allowNoValue ? [render(edit, option, undefined)] : [];
  return [`[${edit.section}]\n`, ...required, ...set, ...flag];
};

/** What the text is once it is as the task wants it, and Ansible's word for what was done. */
export const editIni = (edit: IniEdit, before: string): { readonly text: string; readonly msg: string } => {
  // A byte order mark, and a last line without an end, go with every edit.
  const there = linesOf(before.replace(/^\ufeff/, '')).map((line) =>
    line.endsWith('\n') ? line : `${line}\n`,
  );
  // Ansible begins a new file with an empty line.
  const isNew = there.length === 0 && edit.isPresent && (edit.section ?? edit.option) !== undefined;
  const lines = isNew ? ['\n'] : there;
  const range = findSection(lines, edit);
  if (range === undefined) {
    const text = [...lines, ...(edit.isPresent ? newSection(edit) : [])].join('');
    const added = edit.option === undefined ? 'only section added' : 'section and option added';
    return { text, msg: edit.isPresent ? added : 'OK' };
  }
  const head = lines.slice(0, range.start + 1);
  const own = lines.slice(range.start + 1, range.end);
  const tail = lines.slice(range.end);
  if (edit.option === undefined) {
    if (edit.isPresent) return { text: lines.join(''), msg: 'OK' };
    return { text: [...head.slice(0, -1), ...tail].join(''), msg: 'section removed' };
  }
  const after = (edit.isPresent ? setOption : dropOption)(edit, edit.option, own);
  const isSame = after.join('') === own.join('');
  const change = after.length > own.length ? 'option added' : 'option changed';
  return { text: [...head, ...after, ...tail].join(''), msg: isSame ? 'OK' : change };
};
