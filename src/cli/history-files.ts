import { accessSync, constants, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Age, type Ages, isAmiss, type KeyedTask, TaskKeys } from '../report/drift-ages.ts';
import { whyOf } from './report-file.ts';
import { UsageError } from './usage-error.ts';

const age = z.object({
  at: z.iso.datetime(),
  checks: z.int().min(1),
  seen: z.iso.datetime(),
  handler: z.literal(true).optional(),
});

const task = z.object({
  source: z.string(),
  module: z.string(),
  name: z.string(),
  item: z.string().nullable(),
  status: z.enum(['ok', 'changed', 'drift', 'failed', 'skipped', 'not-attempted']),
});

/** A kept result: a report as `--output json` prints it, and what later runs go on from. */
const keptRun = z.object({
  hosts: z.array(z.object({ name: z.string(), tasks: z.array(task) })),
  history: z.object({
    /** The newest file when the run began; null: none was there. */
    after: z.string().nullable(),
    /** By host and task. */
    open: z.record(z.string(), z.record(z.string(), age)),
  }),
});

type KeptRun = z.infer<typeof keptRun>;

/** By time, so that names are in the order of the runs; the end keeps runs apart that end together. */
const fileName = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[0-9a-f]{6}\.json$/;

/** @param random  six hex digits */
export const historyFileName = (at: Date, random: string): string =>
  `${at.toISOString().replaceAll(':', '-')}-${random}.json`;

/** Kept results in a folder, oldest first; other files are none of our business. */
const listRuns = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => fileName.test(name))
    .sort();

/** Makes the folder where only it is missing. @throws UsageError when results cannot be kept there */
export const openHistory = (folder: string): void => {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) throw new UsageError(`--history: ${folder} is no folder`);
  try {
    // Results show what is in files: for their owner only.
    if (stats === undefined) mkdirSync(folder, { mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const missing = statSync(dirname(folder), { throwIfNoEntry: false }) === undefined;
    const why = missing ? `there is no folder ${dirname(folder)}` : whyOf(error);
    throw new UsageError(`--history: cannot keep results in ${folder}: ${why}`, { cause: error });
  }
};

/** What earlier runs have left. */
export interface Past {
  readonly ages: Ages;
  /** The newest file; null: none is there. */
  readonly newest: string | null;
  /** What could not be read, for people; one sentence. */
  readonly damage: string | undefined;
}

class Reader {
  readonly #folder: string;
  readonly #damaged: { readonly name: string; readonly why: string }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(name: string): KeptRun | undefined {
    try {
      const { data, error } = keptRun.safeParse(JSON.parse(readFileSync(join(this.#folder, name), 'utf8')));
      if (data === undefined)
        this.#damaged.push({ name, why: `${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}` });
      return data;
    } catch (error) {
      this.#damaged.push({ name, why: whyOf(error) });
      return undefined;
    }
  }

  get damage(): string | undefined {
    const [first, ...others] = this.#damaged;
    if (first === undefined) return undefined;
    const rest = others.length === 0 ? '' : ` and ${others.length} more of that folder`;
    return `history: ${join(this.#folder, first.name)}${rest} cannot be read and is left out, so that drift may seem younger than it is: ${first.why}`;
  }
}

/** What a run has looked at, by host and task. */
const lookedAt = ({ hosts }: KeptRun): ReadonlyMap<string, ReadonlyMap<string, boolean>> => {
  const keys = new TaskKeys();
  return new Map(
    hosts.map(({ name, tasks }) => {
      const entries = tasks.map((one): [string, boolean | undefined] => [
        keys.of(name, one satisfies KeyedTask),
        isAmiss(one),
      ]);
      return [name, new Map(entries.filter((entry): entry is [string, boolean] => entry[1] !== undefined))];
    }),
  );
};

/** Puts into `ages` what a run has seen that went on beside the newest one, which knows nothing of it. */
const addBeside = (ages: Map<string, Map<string, Age>>, beside: KeptRun, newest: KeptRun): void => {
  const known = lookedAt(newest);
  for (const [host, tasks] of lookedAt(beside)) {
    const open = ages.get(host) ?? new Map<string, Age>();
    ages.set(host, open);
    for (const key of tasks.keys()) {
      if (known.get(host)?.has(key) === true) continue;
      const seen = beside.history.open[host]?.[key];
      if (seen === undefined) open.delete(key);
      else open.set(key, seen);
    }
  }
};

/**
 * Reads what earlier runs have left: the newest result has it all, but for what runs have seen that went on at the same time.
 * A file that cannot be read is left out.
 */
export const readPast = (folder: string): Past => {
  const names = listRuns(folder);
  const reader = new Reader(folder);
  let newest: { readonly at: number; readonly run: KeptRun } | undefined;
  for (let at = names.length - 1; at >= 0 && newest === undefined; at -= 1) {
    const run = reader.read(names[at] as string);
    if (run !== undefined) newest = { at, run };
  }
  const ages = new Map<string, Map<string, Age>>();
  if (newest !== undefined) {
    const { at, run } = newest;
    for (const [host, open] of Object.entries(run.history.open))
      ages.set(host, new Map(Object.entries(open)));
    const { after } = run.history;
    for (const name of names.slice(0, at).filter((one) => after === null || one > after)) {
      const beside = reader.read(name);
      if (beside !== undefined) addBeside(ages, beside, run);
    }
  }
  return { ages, newest: names.at(-1) ?? null, damage: reader.damage };
};

/** Takes the oldest results away until `keep` are left. Another run may be at the same. */
export const pruneHistory = async (folder: string, keep: number): Promise<void> => {
  for (const name of listRuns(folder).slice(0, -keep)) await rm(join(folder, name), { force: true });
};
