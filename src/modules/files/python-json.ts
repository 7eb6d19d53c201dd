const escapeText = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** JSON as Python's `json.dumps` writes it: blanks after commas and colons, ASCII only. */
export const pythonJson = (value: unknown): string => {
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const pairs = Object.entries(value).map(([key, part]) => `${escapeText(key)}: ${pythonJson(part)}`);
  return `{${pairs.join(', ')}}`;
};
