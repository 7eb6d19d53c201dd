/**
 * What XML 1.0 cannot hold, not even as a reference, or asks to be left out (U+007F to U+009F), and lone surrogates, which
 * UTF-8 cannot hold.
 *
 * @see XML 1.0, 2.2
 */
const forbidden = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser makes spaces, or line feeds, of them where they stand as they are.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const shown = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0xa0 ? `\\x${code.toString(16).padStart(2, '0')}` : '\ufffd';
};

const allowed = (text: string): string => text.replaceAll(forbidden, shown);

const referTo = (character: string): string => references[character] ?? character;

/** Any text as the content of an element. What XML cannot hold is shown as `\x1b`. */
export const xmlText = (text: string): string => allowed(text).replaceAll(/[&<>\r]/g, referTo);

/** A start tag with what is not undefined, without its `>`. @param name  of an element */
const open = (name: string, attributes: XmlAttributes): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${allowed(String(value)).replaceAll(/[&<>"\t\n\r]/g, referTo)}"`)
    .join('')}`;

/** Names are ours; values may be anything. */
export type XmlAttributes = Readonly<Record<string, string | number>>;

/** An element as text. @param content  XML, or nothing */
export const xmlElement = (name: string, attributes: XmlAttributes, content = ''): string =>
  content === '' ? `${open(name, attributes)}/>` : `${open(name, attributes)}>${content}</${name}>`;
