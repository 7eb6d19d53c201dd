/** What YAML 1.1 calls true and false, in small letters. */
export const booleanWords: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  on: true,
  no: false,
  false: false,
  off: false,
};

/** `yes`, `Yes` and `YES` are YAML 1.1's spellings; `yEs` is text. */
const spelledAsKeyword = (text: string): boolean => /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/.test(text);

const integer = (text: string, digits: string, radix: number): number | string => {
  const value = Number.parseInt(digits.replaceAll('_', ''), radix) * (text.startsWith('-') ? -1 : 1);
  // Beyond 2^53 a number would silently become another one; the text stays exact in files and commands.
  return Number.isSafeInteger(value) ? value : text;
};

const number = (text: string): number | string | undefined => {
  const bare = text.replace(/^[-+]/, '');
  if (/^0b[01_]+$/.test(bare)) return integer(text, bare.slice(2), 2);
  if (/^0x[0-9a-fA-F_]+$/.test(bare)) return integer(text, bare.slice(2), 16);
  if (/^0[0-7_]+$/.test(bare)) return integer(text, bare, 8);
  if (/^(?:0|[1-9][0-9_]*)$/.test(bare)) return integer(text, bare, 10);
  if (/^(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/.test(bare))
    return Number(text.replaceAll('_', ''));
  if (/^\.(?:inf|Inf|INF)$/.test(bare)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  return undefined;
};

/**
 * The value of a plain (unquoted) scalar as PyYAML, and so Ansible, reads it: `yes` and `off` are booleans, `0644`
 * is 420, `08`, `1e3` and `y` are text.
 *
 * Two differences, both on purpose: `12:30` is text, not 750, and a date is text, not a date.
 *
 * @see YAML 1.1 types; PyYAML `resolver.py`, whose patterns these are
 */
export const resolvePlainScalar = (text: string): unknown => {
  if (text === '' || text === '~') return null;
  if (spelledAsKeyword(text)) {
    const lower = text.toLowerCase();
    if (lower === 'null') return null;
    return Object.hasOwn(booleanWords, lower) ? booleanWords[lower] : text;
  }
  return number(text) ?? text;
};
