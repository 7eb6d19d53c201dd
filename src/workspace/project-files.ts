import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { ProjectFiles, Secrets } from '../model/project.ts';
import type { Span } from '../model/span.ts';
import { secretsInText } from '../util/secrets-in-text.ts';
import { utf8Text } from '../util/utf8-text.ts';

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error;

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'it is not a directory',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
};

const unreadable = (path: string, why: string, cause?: unknown): DiagnosticError =>
  new DiagnosticError(
    [{ severity: 'error', code: 'unreadable-file', message: `cannot read ${path}: ${why}` }],
    { cause },
  );

/** What `look` gives; undefined where nothing is at the path. @throws DiagnosticError for every other error */
const lookAt = <T>(path: string, look: () => T): T | undefined => {
  try {
    return look();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // Below a file there is nothing either.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw unreadable(path, reasons[error.code ?? ''] ?? error.message, error);
  }
};

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch (error) {
    // A link in a circle leads to nothing, too.
    if (isSystemError(error) && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(error.code ?? '')) return undefined;
    throw error;
  }
};

interface Remembered<T> {
  (path: string): T;
  has(path: string): boolean;
  forget(path: string): void;
}

const remember = <T>(read: (path: string) => T): Remembered<T> => {
  const known = new Map<string, { readonly value: T }>();
  const ask = (path: string): T => {
    const before = known.get(path);
    if (before !== undefined) return before.value;
    const value = read(path);
    known.set(path, { value });
    return value;
  };
  return Object.assign(ask, {
    has: (path: string) => known.has(path),
    forget: (path: string) => void known.delete(path),
  });
};

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const top = (file: string): Span => ({ file, line: 1, column: 1, offset: 0, length: 0 });

/** Hides what was encrypted; bytes that are no text are shown nowhere. */
const hideContents = (bytes: Uint8Array, secrets: Secrets): void => {
  const text = utf8Text(bytes);
  if (text === undefined) return;
  // A template's lines come out with something else between their texts.
  const texts = text.replaceAll(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/gs, '\n');
  for (const secret of [...secretsInText(text), ...secretsInText(texts)]) secrets.hide(secret);
};

/**
 * The project as it is on disk, each path read once: a run sees one state of it, however long it takes. Only what was not there
 * is looked for again (`again`), since a task may have made it; and after tasks that act on this machine there is another state (`anew`).
 * Symbolic links are followed. Neither a socket nor a device is a file.
 *
 * @param secrets  opens what is encrypted; without it, it is read as it is
 */
export const createProjectFiles = (secrets?: Secrets): ProjectFiles => stateOf(secrets, undefined, 0);

/** What was read of an earlier state of the project. */
interface Earlier {
  readonly stat: Remembered<Stats | undefined>;
  readonly stored: Remembered<Uint8Array | undefined>;
  readonly open: Remembered<Uint8Array | undefined>;
  readonly read: Remembered<Uint8Array | undefined>;
  readonly text: Remembered<string | undefined>;
}

const isSame = (one: Stats | undefined, other: Stats | undefined): boolean =>
  one !== undefined &&
  other !== undefined &&
  (['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const).every((key) => one[key] === other[key]);

/** @param earlier  files that are as they were then are not read again */
const stateOf = (secrets: Secrets | undefined, earlier: Earlier | undefined, age: number): ProjectFiles => {
  const stat = remember((path): Stats | undefined => lookAt(path, () => statSync(path)));
  const isAsBefore = (path: string): boolean =>
    earlier?.stat.has(path) === true && isSame(earlier.stat(path), stat(path));
  /** As before where the file is, else as it is read now. */
  const orAsBefore = <T>(which: 'stored' | 'open' | 'read' | 'text', look: (path: string) => T) =>
    remember(
      (path): T => (earlier !== undefined && isAsBefore(path) ? (earlier[which](path) as T) : look(path)),
    );
  const kind = (path: string): 'file' | 'directory' | undefined => {
    const found = stat(path);
    if (found?.isFile() === true) return 'file';
    return found?.isDirectory() === true ? 'directory' : undefined;
  };
  const stored = orAsBefore('stored', (path): Uint8Array | undefined => {
    const found = stat(path);
    if (found === undefined) return undefined;
    // Reading a named pipe would wait for ever.
    if (!found.isFile())
      throw unreadable(path, found.isDirectory() ? 'it is a directory' : 'it is not a file');
    return lookAt(path, () => readFileSync(path));
  });
  const isSealed = (path: string): boolean => {
    const bytes = stored(path);
    return bytes !== undefined && secrets?.isSealed(bytes) === true;
  };
  const open = orAsBefore('open', (path): Uint8Array | undefined => {
    const bytes = stored(path);
    return bytes !== undefined && isSealed(path) ? secrets?.open(bytes, top(path)) : bytes;
  });
  const read = orAsBefore('read', (path): Uint8Array | undefined => {
    const bytes = open(path);
    if (bytes !== undefined && secrets !== undefined && isSealed(path)) hideContents(bytes, secrets);
    return bytes;
  });
  const text = orAsBefore('text', (path): string | undefined => {
    const bytes = open(path);
    if (bytes === undefined) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      throw unreadable(path, 'it is not UTF-8 text', error);
    }
  });
  const list = remember((path): readonly string[] =>
    kind(path) === 'directory' ? (lookAt(path, () => readdirSync(path)) ?? []).sort(byCodeUnit) : [],
  );
  const link = remember((path): string | undefined =>
    lookAt(path, () => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined)),
  );
  const real = remember(realPath);
  return {
    read,
    stored,
    link,
    real,
    text,
    kind,
    list,
    isSealed,
    secrets,
    age,
    anew: () => stateOf(secrets, { stat, stored, open, read, text }, age + 1),
    again(path) {
      if (kind(path) === undefined)
        for (const one of [stat, stored, open, read, text, list, link, real]) one.forget(path);
      return kind(path);
    },
    mode(path) {
      const found = stat(path);
      if (found === undefined) throw unreadable(path, 'there is no such file');
      return (found.mode & 0o7777).toString(8).padStart(4, '0');
    },
  };
};
