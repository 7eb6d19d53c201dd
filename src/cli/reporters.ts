import { createHash } from 'node:crypto';
import type { Emit, Reporter } from '../model/event.ts';
import type { DiffDetail } from '../report/diff-lines.ts';
import type { TextSink } from '../report/json.ts';
import type { PlainOptions } from '../report/plain.ts';
import type { AdHoc } from '../report/task-lines.ts';
import type { Flags } from './dispatch.ts';
import type { Io } from './io.ts';
import { type FileTarget, type OutputForm, outputTargets } from './output-targets.ts';
import { openReportFile, type ReportFile, whyOf } from './report-file.ts';
import { wantsColor } from './wants-color.ts';

/** All views on a run. */
export interface Reporters {
  readonly emit: Emit;
  /** As the one that is on the terminal does it. */
  hush?(): () => void;
  /** Resolves when everything is written. @returns what could not be, for people */
  finish(): Promise<readonly string[]>;
}

/** As asked for; else a check shows the whole plan, and an apply of new files the beginning. */
const diffDetail = (flags: Flags, mode: 'apply' | 'check'): DiffDetail => {
  const { diff } = flags;
  if (typeof diff === 'boolean') return diff ? 'whole' : 'none';
  return mode === 'check' ? 'whole' : 'brief';
};

interface FormOptions {
  readonly plain: PlainOptions;
  readonly subject: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

const createForm = async (
  form: Exclude<OutputForm, 'progress'>,
  sink: TextSink,
  { plain, subject }: FormOptions,
): Promise<Reporter> => {
  // Who wants a new file's beginning only wants it on a terminal.
  const diff = plain.diff === 'none' ? 'none' : 'whole';
  if (form === 'json') return (await import('../report/json.ts')).createJsonReporter(sink);
  if (form === 'junit') return (await import('../report/junit.ts')).createJunitReporter(sink, diff);
  if (form === 'html')
    return (await import('../report/html.ts')).createHtmlReporter(sink, { subject, diff, hash: sha256 });
  return (await import('../report/plain.ts')).createPlainReporter(sink, plain);
};

const createShown = async (form: OutputForm, io: Io, options: FormOptions): Promise<Reporter> =>
  form === 'progress'
    ? (await import('../report/progress.ts')).createProgressReporter(io.stdout, options.plain)
    : createForm(form, io.stdout, options);

interface Written {
  readonly file: string;
  readonly reporter: Reporter;
  readonly save: ReportFile['save'];
}

const createWritten = async ({ form, file }: FileTarget, options: FormOptions): Promise<Written> => {
  const { sink, save } = openReportFile(file, form === 'plain');
  const plain = { ...options.plain, color: false };
  return { file, save, reporter: await createForm(form, sink, { ...options, plain }) };
};

/** @returns why it could not be written; empty when it was */
const finishFile = async ({ file, reporter, save }: Written): Promise<readonly string[]> => {
  await reporter.finish();
  try {
    await save();
    return [];
  } catch (error) {
    return [`cannot write ${file}: ${whyOf(error)}`];
  }
};

export interface RunDescription {
  readonly mode: 'apply' | 'check';
  readonly verbosity: number;
  readonly adHoc: AdHoc | undefined;
  /** What the run is about, for titles: the inventory. */
  readonly subject: string;
}

/** The views on a run that the flags ask for. @throws UsageError, before any host is contacted */
export const createReporters = async (
  flags: Flags,
  io: Io,
  { mode, verbosity, adHoc, subject }: RunDescription,
): Promise<Reporters> => {
  const { shown, files } = outputTargets(flags, io.stdout);
  const plain = {
    color: wantsColor(io.stdout, io.env, flags['color'] !== false),
    diff: diffDetail(flags, mode),
    verbosity,
    adHoc,
  };
  const options = { plain, subject };
  const written: Written[] = [];
  for (const target of files) written.push(await createWritten(target, options));
  const view = await createShown(shown, io, options);
  return {
    emit(event) {
      view.emit(event);
      for (const { reporter } of written) reporter.emit(event);
    },
    ...(view.hush !== undefined && { hush: view.hush }),
    async finish() {
      await view.finish();
      const lost = await Promise.all(written.map(finishFile));
      return lost.flat();
    },
  };
};
