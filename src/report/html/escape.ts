/** Characters that are not seen, or that make others be seen in another order than they have; but for tab and line feed. */
const unseen = /[^\P{Cc}\t\n]|\p{Cs}|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const shown = (character: string): string => {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
};

/** Any text as the content of an element, or as a value between double quotes. Characters that are not seen are shown as `\x1b`. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(unseen, shown).replaceAll(/[&<>"']/g, (character) => references[character] ?? '');

/** A value as the text of a `<script type="application/json">`: nothing in it can end the element. */
export const embedJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
