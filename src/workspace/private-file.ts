import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ownerOnly = 0o600;

const isFolder = (path: string | undefined): path is string =>
  path !== undefined && path !== '' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** A file that only its owner can reach, until it is disposed of. */
export interface PrivateFile extends Disposable {
  readonly path: string;
}

/**
 * Puts the bytes into a file in a folder of its own (0700), and takes the folder away again with all that was made in it (an
 * editor's copies): when it is disposed of, and when the program ends without that.
 *
 * @param name  what the file is called, so that an editor knows its kind
 * @param folder  preferred place: one that is no disk, where there is one
 */
export const createPrivateFile = (
  name: string,
  bytes: Uint8Array,
  folder: string | undefined,
): PrivateFile => {
  const own = mkdtempSync(join(isFolder(folder) ? folder : tmpdir(), 'syn-deploy-'));
  const remove = (): void => rmSync(own, { recursive: true, force: true });
  const hangUp = (): void => process.exit(129);
  process.once('exit', remove);
  // A terminal that goes away would end the program without a word.
  process.once('SIGHUP', hangUp);
  const path = join(own, basename(name));
  const file: PrivateFile = {
    path,
    [Symbol.dispose]() {
      process.off('exit', remove);
      process.off('SIGHUP', hangUp);
      remove();
    },
  };
  try {
    writeFileSync(path, bytes, { flag: 'wx', mode: ownerOnly });
    return file;
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
};
