/**
 * All figures of docs/benchmarks.md, in parts; see docs/benchmarks.md for how they are taken.
 *
 *   npm run bench -- [PART...] [--hosts 1,4,16] [--rtt 0,50,200] [--cases NAME,...] [--runs 5] [--slow-runs 1]
 *                    [--only TOOL,...] [--write]
 *   npm run bench -- render
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { peers } from './parts/peers.ts';
import { profile } from './parts/profile.ts';
import { scale } from './parts/scale.ts';
import { start } from './parts/start.ts';
import { readArguments } from './support/arguments.ts';
import { type Results, renderDocument, renderParts } from './support/document.ts';
import { ensureTime } from './support/measure.ts';
import type { Options, Part } from './support/part.ts';
import { readResults, writeResult } from './support/store.ts';

const root = join(import.meta.dirname, '..');

/** In the order of the page. */
const parts: readonly Part<unknown>[] = [peers, scale, start, profile];
const names = parts.map(({ name }) => name);

const writeDocument = async (results: Results): Promise<void> => {
  const docs = join(root, 'docs');
  await writeFile(join(docs, 'benchmarks.md'), renderDocument(parts, results));
  for (const part of parts) {
    const result = results.get(part.name);
    const pictures = result === undefined ? [] : (part.pictures?.(result) ?? []);
    for (const { name, text } of pictures) await writeFile(join(docs, name), text);
  }
};

const merge = (part: Part<unknown>, earlier: unknown, later: unknown): unknown =>
  earlier === undefined || part.merge === undefined ? later : part.merge(earlier, later);

/** Measures some parts. @returns what was measured now; with `isKept`, stored and on the page as soon as it is known */
const measureParts = async (
  chosen: readonly Part<unknown>[],
  options: Options,
  isKept: boolean,
): Promise<Results> => {
  const fresh = new Map<string, unknown>();
  const stored = new Map(await readResults(root, names));
  await ensureTime();
  for (const part of chosen)
    for await (const result of part.measure(options)) {
      fresh.set(part.name, merge(part, fresh.get(part.name), result));
      if (!isKept) continue;
      stored.set(part.name, merge(part, stored.get(part.name), result));
      await writeResult(root, part.name, stored.get(part.name));
      await writeDocument(stored);
    }
  return fresh;
};

const readOrEnd = (): ReturnType<typeof readArguments> => {
  try {
    return readArguments(process.argv.slice(2), names);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    return process.exit(1);
  }
};

const { chosen, isRenderOnly, isKept, options } = readOrEnd();
if (isRenderOnly) await writeDocument(await readResults(root, names));
else {
  const say = (text: string): void => console.error(`bench: ${text}`);
  const own = parts.filter(({ name }) => chosen.includes(name));
  const fresh = await measureParts(own, { ...options, root, say }, isKept);
  // On the page every bar has its row; here only those that something was measured for.
  const shown = own.map((part) => ({
    ...part,
    bars: (result: unknown) => part.bars(result).filter(({ measured }) => measured !== undefined),
  }));
  console.log(renderParts(shown, fresh));
}
