import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** Where V8's code of a text is kept between runs. */
export interface CodeCache {
  /** The user's own; made when it is missing. */
  readonly folder: string;
  /** Begins the names of all files that belong to this very text; those of other texts are taken away. */
  readonly text: string;
  /** The rest of the name: what decides which functions are there, such as the command. */
  readonly use: string;
}

const fileOf = ({ folder, text, use }: CodeCache): string => join(folder, `${text}-${use}`);

/** Nobody else may have put code there: under sudo, or by a careless mode, the folder may be open to another account. */
const isOurs = ({ uid, mode }: Stats): boolean => uid === process.getuid?.() && (mode & 0o022) === 0;

/** V8 trusts code that bears its mark, and ends the process at a damaged byte in it: so it is checked before V8 sees it. */
const checksumOf = (code: Uint8Array): Buffer => createHash('sha1').update(code).digest();
const checksumBytes = 20;

const read = (cache: CodeCache): Buffer | undefined => {
  try {
    const file = fileOf(cache);
    if (!isOurs(statSync(cache.folder)) || !isOurs(statSync(file))) return undefined;
    const bytes = readFileSync(file);
    const code = bytes.subarray(checksumBytes);
    return checksumOf(code).equals(bytes.subarray(0, checksumBytes)) ? code : undefined;
  } catch {
    // Not there yet, or not to be read: the text is compiled.
    return undefined;
  }
};

/** NOTE: not mkdir's own `recursive`, which never ends below /proc (Node 20). */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
};

const write = (cache: CodeCache, code: Buffer): void => {
  const file = fileOf(cache);
  const unfinished = `${file}.${process.pid}`;
  try {
    makeFolder(cache.folder);
    if (!isOurs(statSync(cache.folder))) return;
    for (const name of readdirSync(cache.folder))
      if (!name.startsWith(`${cache.text}-`)) rmSync(join(cache.folder, name), { force: true });
    writeFileSync(unfinished, Buffer.concat([checksumOf(code), code]), { mode: 0o600 });
    renameSync(unfinished, file);
  } catch {
    // No home, a full disk: the next run compiles as this one did.
    removeIfThere(unfinished);
  }
};

const removeIfThere = (file: string): void => {
  try {
    rmSync(file);
  } catch {
    // It was never begun.
  }
};

/**
 * Evaluates a script, with the code that V8 made of it at an earlier run where that is still good: to parse and compile
 * the program took a third of the CPU of an audit. V8 itself refuses code of another version or of other flags, but takes
 * any text of the same length for the same: so `cache.text` has to name the text.
 *
 * @param path   of the script, ASCII only
 * @param cache  undefined: none is used or made
 * @returns the script's value, and `keep`, to be called at the end of the run: it stores what was compiled, if that is news
 */
export const runCached = (
  path: string,
  cache: CodeCache | undefined,
): { readonly value: unknown; keep(): void } => {
  const cachedData = cache === undefined ? undefined : read(cache);
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const isNews = script.cachedDataRejected !== false;
  return {
    value: script.runInThisContext(),
    keep() {
      if (cache !== undefined && isNews) write(cache, script.createCachedData());
    },
  };
};
