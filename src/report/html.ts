import type { Reporter } from '../model/event.ts';
import { type PageOptions, type Warning, writePage } from './html/render-page.ts';
import type { TextSink } from './json.ts';

/** One HTML page that needs nothing but itself, at the end. */
export const createHtmlReporter = (sink: TextSink, options: PageOptions): Reporter => {
  const warnings: Warning[] = [];
  return {
    emit(event) {
      if (event.type === 'warned') warnings.push(event);
      if (event.type === 'run-finished') writePage(sink, event.report, warnings, options);
    },
    finish: async () => {},
  };
};
