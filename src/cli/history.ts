import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Mask } from '../engine/mask.ts';
import type { Emit, RunEvent } from '../model/event.ts';
import type { RunReport } from '../model/report.ts';
import { DriftAges } from '../report/drift-ages.ts';
import type { Flags } from './dispatch.ts';
import { numberFlag, textFlag } from './flags.ts';
import { historyFileName, openHistory, type Past, pruneHistory, readPast } from './history-files.ts';
import type { History } from './no-history.ts';
import { whyOf, writeWhole } from './report-file.ts';

/** After that long a task that no run has looked at is forgotten: it or its host is no more, or has another name. */
const forgottenAfterMs = 400 * 24 * 3600 * 1000;

class KeptHistory implements History {
  readonly #folder: string;
  readonly #keep: number;
  readonly #mask: Mask | undefined;
  readonly #past: Past;
  readonly #ages: DriftAges;
  #report: RunReport | undefined;

  constructor(folder: string, keep: number, mask: Mask | undefined) {
    this.#folder = folder;
    this.#mask = mask;
    this.#keep = keep;
    this.#past = readPast(folder);
    this.#ages = new DriftAges(this.#past.ages);
  }

  tell(event: RunEvent, emit: Emit): void {
    const told = this.#ages.take(event);
    emit(told);
    const { damage } = this.#past;
    if (event.type === 'run-started' && damage !== undefined)
      emit({ type: 'warned', host: null, message: damage });
    if (told.type === 'run-finished') this.#report = told.report;
  }

  /** What later runs go on from. */
  #open(now: Date) {
    const oldest = new Date(now.getTime() - forgottenAfterMs).toISOString();
    // The name of a task may hold what has turned out to be a secret since.
    const masked = (key: string): string => this.#mask?.text(key) ?? key;
    return Object.fromEntries(
      [...this.#ages.open]
        .map(([host, open]) => [host, [...open].filter(([, { seen }]) => seen >= oldest)] as const)
        .filter(([, open]) => open.length > 0)
        .map(([host, open]) => [host, Object.fromEntries(open.map(([key, age]) => [masked(key), age]))]),
    );
  }

  async keep(): Promise<readonly string[]> {
    const now = new Date();
    const name = historyFileName(now, randomBytes(3).toString('hex'));
    const history = { after: this.#past.newest, open: this.#open(now) };
    const kept = { ...this.#report, history };
    try {
      await writeWhole(join(this.#folder, name), [`${JSON.stringify(kept)}\n`], 0o600);
      await pruneHistory(this.#folder, this.#keep);
      return [];
    } catch (error) {
      return [`cannot keep the result in ${this.#folder}: ${whyOf(error)}`];
    }
  }
}

/** As `--history` and `--history-keep` ask for. @throws UsageError, before any host is contacted */
export const createHistory = (flags: Flags, mask: Mask | undefined): History => {
  const folder = textFlag(flags, 'history') ?? '';
  const keep = numberFlag(flags, 'historyKeep', '--history-keep', 1);
  openHistory(folder);
  return new KeptHistory(folder, keep, mask);
};
