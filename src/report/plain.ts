import type { Reporter, RunEvent } from '../model/event.ts';
import type { TaskReport } from '../model/report.ts';
import { printableLine, printedLines } from '../util/printable.ts';
import type { DiffDetail } from './diff-lines.ts';
import type { TextSink } from './json.ts';
import { createPaint, type Paint } from './paint.ts';
import { createPrintedLines } from './printed-lines.ts';
import { renderSummary } from './summary-lines.ts';
import { type AdHoc, isTelling, renderTask, renderUnattempted } from './task-lines.ts';

export interface PlainOptions {
  readonly color: boolean;
  readonly diff: DiffDetail;
  /** 0: what changes and what fails; 1: every task; 2: stages too; 3: what actions print. */
  readonly verbosity: number;
  readonly adHoc?: AdHoc | undefined;
}

const renderWarning = (message: string, paint: Paint): readonly string[] => {
  const [first = '', ...rest] = printedLines(message);
  return [`${paint('changed', 'warning')}: ${first}`, ...rest.map((line) => `  ${line}`)];
};

/** Lines as things happen, each with its host: for logs, pipes and CI. */
export const createPlainReporter = (sink: TextSink, options: PlainOptions): Reporter => {
  const { color, diff, verbosity, adHoc } = options;
  const paint = createPaint(color);
  const printed = createPrintedLines();
  const showsOutput = verbosity > 2 || adHoc !== undefined;
  const write = (host: string | null, lines: readonly string[]): void => {
    const prefix = host === null ? '' : `${paint('strong', printableLine(host))}: `;
    // In one piece: a stream keeps an object for each that waits.
    if (lines.length > 0) sink.write(lines.map((line) => `${prefix}${line}\n`).join(''));
  };
  const writePrinted = (host: string, lines: readonly string[]): void => {
    write(
      host,
      lines.map((line) => `| ${line}`),
    );
  };
  const lineOptions = { paint, diff, verbosity, adHoc };
  const unattempted = new Map<string, TaskReport[]>();
  const tellUnattempted = (host: string): void => {
    write(host, renderUnattempted(unattempted.get(host) ?? [], lineOptions));
    unattempted.delete(host);
  };
  const finishTask = (host: string, report: TaskReport): void => {
    if (verbosity === 0 && report.status === 'not-attempted')
      unattempted.set(host, [...(unattempted.get(host) ?? []), report]);
    else if (verbosity > 0 || isTelling(report, lineOptions)) write(host, renderTask(report, lineOptions));
  };
  const emit = (event: RunEvent): void => {
    switch (event.type) {
      case 'task-finished':
        finishTask(event.host, event.report);
        break;
      case 'host-finished':
        tellUnattempted(event.host);
        break;
      case 'warned':
        write(event.host, renderWarning(event.message, paint));
        break;
      case 'host-connected':
        if (verbosity > 1) write(event.host, [`connected in ${event.durationMs} ms`]);
        break;
      case 'stage-started':
        if (verbosity > 1) write(event.host, [`${event.stage}: ${printableLine(event.detail)}`]);
        break;
      case 'action-started':
        if (verbosity > 1) write(event.host, [`… ${printableLine(event.summary)}`]);
        break;
      case 'action-printed':
        // To split megabytes into lines that nobody is shown takes as long as the network.
        if (showsOutput) writePrinted(event.host, printed.add(`${event.host} ${event.stream}`, event.text));
        break;
      case 'action-finished':
        for (const stream of ['stdout', 'stderr'])
          writePrinted(event.host, printed.end(`${event.host} ${stream}`));
        break;
      case 'run-finished':
        write(
          null,
          renderSummary(event.report, paint, { folds: verbosity === 0, isAdHoc: adHoc !== undefined }),
        );
        break;
      default:
        break;
    }
  };
  return { emit, finish: async () => {} };
};
