import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  createWriteStream,
  openSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TextSink } from '../report/json.ts';
import { UsageError } from './usage-error.ts';

/** Where a report is written to. */
export interface ReportFile {
  readonly sink: TextSink;
  /** Resolves when it is there. @throws Error when it cannot be written: what was there before still is */
  save(): Promise<void>;
}

/** Why something on the disk did not work, without Node's call and path behind it. */
export const whyOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/, \w+( '.*)?$/s, '').replace(/^\w+: /, '') : String(error);

const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    // Not there, or its folder is not: the look at the folder says which.
    return undefined;
  }
};

/** @throws UsageError when no file can be made in it */
const refuseUnwritable = (folder: string, path: string): void => {
  if (statOf(folder)?.isDirectory() !== true)
    throw new UsageError(`cannot write ${path}: there is no folder ${folder}`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: the folder ${folder}: ${whyOf(error)}`, { cause: error });
  }
};

/** Writes a file as a whole: beside it first, then in its place. @param mode  where it is not there yet; default: as umask has it */
export const writeWhole = async (path: string, pieces: readonly string[], mode?: number): Promise<void> => {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    const known = statOf(path)?.mode ?? mode;
    await writeFile(unfinished, pieces, {
      flag: 'wx',
      flush: true,
      ...(known === undefined ? {} : { mode: known & 0o777 }),
    });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};

/** A device, a pipe, a log: text goes to it as it comes. @throws UsageError */
const openStream = (path: string): ReportFile => {
  let fd: number;
  try {
    fd = openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${whyOf(error)}`, { cause: error });
  }
  const stream = createWriteStream(path, { fd });
  let broken: Error | undefined;
  stream.on('error', (error) => {
    broken = error;
  });
  return {
    sink: stream,
    save: async () => {
      await new Promise<void>((resolve) => stream.on('close', () => resolve()).end());
      if (broken !== undefined) throw broken;
    },
  };
};

/**
 * A file for a report, which is there as a whole at the end or not at all. What is no ordinary file (a pipe, /dev/stdout) is
 * written to directly.
 *
 * @param asItComes  of a log: it is written while things happen
 * @throws UsageError when it cannot be written, as far as that can be known before
 */
export const openReportFile = (path: string, asItComes = false): ReportFile => {
  const there = statOf(path);
  if (there?.isDirectory() === true) throw new UsageError(`cannot write ${path}: it is a folder`);
  if (there !== undefined && (asItComes || !there.isFile())) return openStream(path);
  const real = there === undefined ? path : realpathSync(path);
  refuseUnwritable(dirname(real), path);
  if (asItComes) return openStream(path);
  const pieces: string[] = [];
  return { sink: { write: (text) => pieces.push(text) }, save: () => writeWhole(real, pieces) };
};
