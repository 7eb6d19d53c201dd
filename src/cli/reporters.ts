import { createWriteStream, openSync } from 'node:fs';
import type { Reporter } from '../model/event.ts';
import type { DiffDetail } from '../report/diff-lines.ts';
import type { TextSink } from '../report/json.ts';
import type { PlainOptions } from '../report/plain.ts';
import type { Flags } from './dispatch.ts';
import { choiceFlag, textFlag } from './flags.ts';
import type { Io, Output } from './io.ts';
import { UsageError } from './usage-error.ts';
import { wantsColor } from './wants-color.ts';

const forms = ['progress', 'plain', 'json'] as const;

/** The output form: as asked for, else progress on a terminal, plain elsewhere. @throws UsageError */
export const outputForm = (flags: Flags, output: Output): (typeof forms)[number] =>
  choiceFlag(flags, 'output', '--output', forms) ??
  (output.isTTY === true && textFlag(flags, 'outputFile') === undefined ? 'progress' : 'plain');

/** @throws UsageError when it cannot be written */
const openFile = (path: string): { sink: TextSink; close: () => Promise<void> } => {
  let fd: number;
  try {
    fd = openSync(path, 'w');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--output-file: cannot write ${path}: ${why}`, { cause: error });
  }
  const stream = createWriteStream(path, { fd });
  return { sink: stream, close: () => new Promise((resolve) => stream.end(resolve)) };
};

/** As asked for; else a check shows the whole plan, and an apply of new files the beginning. */
const diffDetail = (flags: Flags, mode: 'apply' | 'check'): DiffDetail => {
  const { diff } = flags;
  if (typeof diff === 'boolean') return diff ? 'whole' : 'none';
  return mode === 'check' ? 'whole' : 'brief';
};

/** The view on a run that the flags ask for. */
export const createReporter = async (
  flags: Flags,
  io: Io,
  { mode, verbosity }: { readonly mode: 'apply' | 'check'; readonly verbosity: number },
): Promise<Reporter> => {
  const form = outputForm(flags, io.stdout);
  const file = textFlag(flags, 'outputFile');
  const { sink, close } = file === undefined ? { sink: io.stdout, close: async () => {} } : openFile(file);
  const color = file === undefined && wantsColor(io.stdout, io.env, flags['color'] !== false);
  const options = {
    color,
    diff: diffDetail(flags, mode),
    verbosity,
    actionOutput: flags['actionOutput'] === true,
  };
  const reporter = await createForm(form, sink, io, options);
  return {
    emit: reporter.emit,
    ...(reporter.hush !== undefined && { hush: reporter.hush }),
    async finish() {
      await reporter.finish();
      await close();
    },
  };
};

const createForm = async (
  form: (typeof forms)[number],
  sink: TextSink,
  io: Io,
  options: PlainOptions,
): Promise<Reporter> => {
  if (form === 'json') return (await import('../report/json.ts')).createJsonReporter(sink);
  if (form === 'progress')
    return (await import('../report/progress.ts')).createProgressReporter(io.stdout, options);
  return (await import('../report/plain.ts')).createPlainReporter(sink, options);
};
