import type { Reporter, RunEvent } from '../model/event.ts';
import type { TextSink } from './json.ts';
import { createPaint, printable } from './paint.ts';
import { renderSummary } from './summary-lines.ts';
import { isTelling, renderTask } from './task-lines.ts';

export interface PlainOptions {
  readonly color: boolean;
  readonly diff: boolean;
  /** 0: what changes and what fails; 1: every task; 2: stages too; 3: what actions print. */
  readonly verbosity: number;
}

/** Lines as things happen, each with its host: for logs, pipes and CI. */
export const createPlainReporter = (sink: TextSink, { color, diff, verbosity }: PlainOptions): Reporter => {
  const paint = createPaint(color);
  const write = (host: string | null, lines: readonly string[]): void => {
    const prefix = host === null ? '' : `${paint('strong', printable(host))}: `;
    for (const line of lines) sink.write(`${prefix}${line}\n`);
  };
  const emit = (event: RunEvent): void => {
    switch (event.type) {
      case 'task-finished':
        if (verbosity > 0 || isTelling(event.report))
          write(event.host, renderTask(event.report, { paint, diff }));
        break;
      case 'warned':
        write(event.host, [`${paint('changed', 'warning')}: ${printable(event.message)}`]);
        break;
      case 'host-connected':
        if (verbosity > 1) write(event.host, [`connected in ${event.durationMs} ms`]);
        break;
      case 'stage-started':
        if (verbosity > 1) write(event.host, [`${event.stage}: ${printable(event.detail)}`]);
        break;
      case 'action-started':
        if (verbosity > 1) write(event.host, [`… ${printable(event.summary)}`]);
        break;
      case 'action-printed':
        if (verbosity > 2)
          write(
            event.host,
            printable(event.text)
              .trimEnd()
              .split('\n')
              .map((line) => `| ${line}`),
          );
        break;
      case 'run-finished':
        write(null, renderSummary(event.report, paint));
        break;
      default:
        break;
    }
  };
  return { emit, finish: async () => {} };
};
