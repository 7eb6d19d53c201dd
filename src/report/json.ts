import type { Reporter } from '../model/event.ts';
import { jsonText } from '../util/json-text.ts';

/** Anything that takes text. */
export interface TextSink {
  write(text: string): unknown;
}

/** One JSON document at the end, and nothing else. */
export const createJsonReporter = (sink: TextSink): Reporter => ({
  emit(event) {
    if (event.type === 'run-finished') sink.write(`${jsonText(event.report)}\n`);
  },
  finish: async () => {},
});
