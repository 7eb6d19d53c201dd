import { posix } from 'node:path';
import type { TaskContext } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { shortHash } from '../../util/short-hash.ts';
import { pythonJson } from '../files/python-json.ts';

/** A body with the type that its format gives it. */
export interface EncodedBody {
  readonly bytes: Uint8Array;
  /** undefined: the format gives none. */
  readonly contentType: string | undefined;
  /** No header of the task's stands against it: it names the boundary. */
  readonly isFixed?: boolean | undefined;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As Python's `str`. */
const pythonText = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' && value !== null ? pythonJson(value) : String(value ?? '');
};

/** As Python's `quote_plus`: all but letters, digits and `_.-~`. */
const quotePlus = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

type Pair = readonly [key: unknown, value: unknown];

const pairsOf = (body: unknown): readonly Pair[] => {
  if (!Array.isArray(body)) return Object.entries(body as object);
  return body.map((pair: unknown): Pair => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TaskFailure('body: a form is a mapping, or a list of pairs: [[name, value]]');
    return [pair[0], pair[1]];
  });
};

/** A list among the values is the same field several times; a null is left out. */
const formUrlencoded = (body: unknown): string => {
  if (typeof body !== 'object' || body === null) return pythonText(body);
  return pairsOf(body)
    .flatMap(([key, value]) =>
      Array.isArray(value) ? value.map((one): Pair => [key, one]) : [[key, value] as Pair],
    )
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => `${quotePlus(pythonText(key))}=${quotePlus(pythonText(value))}`)
    .join('&');
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const usualType = 'application/octet-stream';

interface Part {
  readonly content: Uint8Array;
  readonly type: string;
  readonly filename: string | undefined;
}

const partOf = (name: string, value: unknown, context: TaskContext): Part => {
  if (typeof value !== 'object' || value === null)
    return { content: encode(pythonText(value)), type: 'text/plain', filename: undefined };
  const { filename, content, mime_type } = value as Record<string, unknown>;
  const type = typeof mime_type === 'string' && mime_type !== '' ? mime_type : usualType;
  const file = typeof filename === 'string' && filename !== '' ? filename : undefined;
  const text = pythonText(content);
  if (text === '' && file === undefined) throw new TaskFailure(`body: ${name} needs a filename or a content`);
  const bytes = text === '' ? context.readFile(file ?? '', 'files').bytes : encode(text);
  return { content: bytes, type, filename: file && posix.basename(file) };
};

const quotedParameter = (text: string): string =>
  `"${text.replaceAll(/["\r\n]/g, (char) => encodeURIComponent(char))}"`;

/** The boundary is made of what it divides, so that the same task makes the same request. @see RFC 7578 */
const multipart = (body: unknown, context: TaskContext): EncodedBody => {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new TaskFailure('body: form-multipart wants a mapping of fields');
  const fields = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = fields.map(([name, value]) => ({ name, part: partOf(name, value, context) }));
  const texts = parts.map(({ part }) => new TextDecoder('latin1').decode(part.content)).join('\n');
  let boundary = `----------------------${shortHash(texts)}`;
  while (texts.includes(boundary)) boundary = `${boundary}${shortHash(boundary)}`;
  const blocks = parts.flatMap(({ name, part: { content, type, filename } }) => {
    const file = filename === undefined ? '' : `; filename=${quotedParameter(filename)}`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name=${quotedParameter(name)}${file}\r\nContent-Type: ${type}\r\n\r\n`;
    return [encode(head), content, encode('\r\n')];
  });
  return {
    bytes: joined([...blocks, encode(`--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
    isFixed: true,
  };
};

export const bodyFormats = ['raw', 'json', 'form-urlencoded', 'form-multipart'] as const;

/**
 * The body as it is sent.
 *
 * @throws TaskFailure when it is none of the format, or a file of the project that it names is not found
 */
export const encodeBody = (
  body: unknown,
  format: (typeof bodyFormats)[number],
  context: TaskContext,
): EncodedBody => {
  if (format === 'form-multipart') return multipart(body, context);
  if (format === 'form-urlencoded')
    return { bytes: encode(formUrlencoded(body)), contentType: 'application/x-www-form-urlencoded' };
  if (format === 'json')
    return {
      bytes: encode(typeof body === 'string' ? body : pythonJson(body)),
      contentType: 'application/json',
    };
  return { bytes: encode(pythonText(body)), contentType: undefined };
};
