import { base64 } from '../util/base64.ts';

/** Shorter ones would hide half of every text. */
export const shortestSecret = 4;

/** A shorter part of a base64 text may be a word of any other text. */
const shortestCore = 6;

const asciiJson = (text: string): string =>
  text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * What base64 makes of the bytes inside of a longer text, where they begin at its first, second or third byte of three:
 * the characters that hang on nothing before or after them.
 */
const coresOf = (bytes: Uint8Array): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const text = base64(shifted).replace(/=+$/, '');
    const touched = offset === 0 ? 0 : offset + 1;
    return text.slice(touched, shifted.length % 3 === 0 ? undefined : -1);
  });

const base64Of = (secret: string): readonly string[] => {
  const bytes = new TextEncoder().encode(secret);
  const whole = base64(bytes).replace(/=+$/, '');
  const texts = [whole, ...coresOf(bytes).filter((core) => core.length >= shortestCore)];
  return texts.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
};

const percentOf = (secret: string): readonly string[] => {
  // Half a surrogate pair has no percent form.
  if (/\p{Surrogate}/u.test(secret)) return [];
  const text = encodeURIComponent(secret);
  return [text, text.replaceAll('%20', '+'), text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())];
};

const writtenOf = (secret: string): readonly string[] => {
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, asciiJson(json), secret.replaceAll("'", `'\\''`), ...percentOf(secret)];
};

/** A text of several lines turns up line by line, too. */
const partsOf = (secret: string): readonly string[] => {
  const whole = secret.trim();
  return whole.includes('\n') ? [whole, ...whole.split('\n').map((line) => line.trim())] : [whole];
};

/**
 * How a secret may turn up: as it is, its lines, quoted for JSON or sh, percent-encoded, and in base64 (standard and URL-safe),
 * also as a part of a longer text. Empty for one that is too short to be looked for.
 */
export const formsOf = (secret: string): readonly string[] =>
  partsOf(secret)
    .filter((part) => part.length >= shortestSecret)
    .flatMap((part) => [...writtenOf(part), ...base64Of(part)]);
