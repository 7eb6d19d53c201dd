import { Listr, Spinner } from 'listr2';
import type { Reporter, RunEvent } from '../model/event.ts';
import { deferred } from '../util/deferred.ts';
import { mostHostsInFull, renderFrame } from './frame-lines.ts';
import { LiveArea, type Screen } from './live-area.ts';
import { createPaint } from './paint.ts';
import { createPlainReporter, type PlainOptions } from './plain.ts';
import { RunWatch } from './run-view.ts';

/** Milliseconds between drawings. */
const drawEveryMs = 100;

interface LiveOptions {
  /** Draws the present state. */
  readonly draw: (spinner: string) => void;
  readonly clear: () => void;
}

/**
 * listr2's own renderer redraws every task, on process.stdout only, and hides the cursor; ours draws what there is room
 * for, where it is told to.
 */
class LiveRenderer {
  static nonTTY = true;
  // NOTE: listr2 takes the type of the options from here; nothing reads the values.
  static rendererOptions: LiveOptions = { draw: () => {}, clear: () => {} };
  static rendererTaskOptions: Record<string, never> = {};
  readonly #options: LiveOptions;
  readonly #spinner = new Spinner();
  #timer: NodeJS.Timeout | undefined;

  constructor(_tasks: unknown, options: LiveOptions) {
    this.#options = options;
  }

  render = (): void => {
    this.#timer = setInterval(() => {
      this.#spinner.spin();
      this.#options.draw(this.#spinner.fetch());
    }, drawEveryMs);
    // A bug that ends the run without an end of the view must not keep the process.
    this.#timer.unref();
  };

  end = (): void => {
    clearInterval(this.#timer);
    this.#options.clear();
  };
}

/** A task a host that ends when its event comes: listr2 looks on, and decides nothing. */
const showHosts = (hosts: readonly string[], options: LiveOptions) => {
  const ends = new Map(hosts.map((host) => [host, deferred<void>()]));
  const list = new Listr(
    hosts.map((host) => ({ title: host, task: () => ends.get(host)?.promise })),
    {
      concurrent: true,
      exitOnError: false,
      // Ctrl-C is the command line's: the run ends, is reported, and then the view ends.
      registerSignalListeners: false,
      renderer: LiveRenderer,
      rendererOptions: options,
    },
  );
  const ended: Promise<unknown> = list.run();
  return {
    end: (host: string): void => ends.get(host)?.resolve(),
    async endAll(): Promise<void> {
      for (const end of ends.values()) end.resolve();
      await ended;
    },
  };
};

/**
 * What goes on, on a terminal: tasks that changed something or failed stay as lines with their diffs (with many hosts
 * without diffs, unless `verbosity` asks for them), and below them the hosts are drawn anew ten times a second.
 *
 * @param now  milliseconds
 */
export const createProgressReporter = (
  screen: Screen,
  options: PlainOptions,
  now: () => number = Date.now,
): Reporter => {
  const area = new LiveArea(screen);
  const paint = createPaint(options.color);
  const sink = { write: (text: string) => area.print(text) };
  let log = createPlainReporter(sink, options);
  let watch: RunWatch | undefined;
  let shown: ReturnType<typeof showHosts> | undefined;
  let last: RunEvent | undefined;
  let isHushed = false;
  const draw = (spinner: string): void => {
    if (watch === undefined || isHushed) return;
    const [width, height] = [(screen.columns ?? 80) - 1, screen.rows ?? 24];
    area.draw(renderFrame(watch, { width, height, now: now(), spinner, paint }));
  };
  const begin = (hosts: readonly string[]): void => {
    watch = new RunWatch(hosts, now);
    if (hosts.length > mostHostsInFull && options.verbosity === 0)
      log = createPlainReporter(sink, { ...options, diff: 'none' });
    shown = showHosts(hosts, { draw, clear: () => area.clear() });
  };
  return {
    emit(event) {
      if (event.type === 'run-started') begin(event.hosts);
      watch?.take(event);
      if (event.type === 'run-finished') last = event;
      else log.emit(event);
      if (event.type === 'host-finished') shown?.end(event.host);
    },
    hush() {
      isHushed = true;
      area.clear();
      return () => {
        isHushed = false;
      };
    },
    async finish() {
      await shown?.endAll();
      if (last !== undefined) log.emit(last);
      await log.finish();
      area.clear();
    },
  };
};
