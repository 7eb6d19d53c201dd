import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileOf = (root: string, part: string): string => join(root, 'bench', 'results', `${part}.json`);

/** What is stored of the parts; one that has never been measured is left out. */
export const readResults = async (
  root: string,
  parts: readonly string[],
): Promise<ReadonlyMap<string, unknown>> => {
  const results = new Map<string, unknown>();
  for (const part of parts) {
    const text = await readFile(fileOf(root, part), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (text !== undefined) results.set(part, JSON.parse(text));
  }
  return results;
};

/** Stores what is known of a part, instead of what was there. */
export const writeResult = async (root: string, part: string, result: unknown): Promise<void> => {
  await mkdir(join(root, 'bench', 'results'), { recursive: true });
  await writeFile(fileOf(root, part), `${JSON.stringify(result, null, 1)}\n`);
};
