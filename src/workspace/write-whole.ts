import { randomBytes } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const ownerOnly = 0o600;
/** Of folders on the way to it that are not there yet: what needs such a file is nobody else's either. */
const ownersFolder = 0o700;

/** Where the file is that a link leads to; the path itself where nothing is yet. */
const targetOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
};

/**
 * Replaces a file as a whole: what is there is the old content or the new one, never half of it, and readable by its owner only.
 *
 * @throws NodeJS.ErrnoException; then the old file is as it was
 */
export const writeWhole = async (path: string, bytes: Uint8Array): Promise<void> => {
  const target = await targetOf(path);
  const fresh = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  await mkdir(dirname(target), { recursive: true, mode: ownersFolder });
  try {
    const file = await open(fresh, 'wx', ownerOnly);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
};
