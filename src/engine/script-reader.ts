import type { ActionOutcome } from '../model/action.ts';
import { createFrameReader } from '../shell/frames.ts';
import type { ExchangeListener, SentAction } from './exchange.ts';

/** What a script says of the lock, or of the wave that it is, instead of its own output; see `shell/lock.ts`, `shell/wave.ts`. */
export type Remark = 'locked' | 'free' | 'refused' | 'unlockable' | 'stale' | 'relay' | 'unwritten' | 'gone';

const remarks: ReadonlySet<string> = new Set<Remark>([
  ...(['locked', 'free', 'refused', 'unlockable', 'stale', 'relay', 'unwritten', 'gone'] as const),
]);

export const isRemark = (word: string): word is Remark => remarks.has(word);

/** Text of an action's stream that is kept; what is more is shown live and then let go. UTF-16 code units. */
const largestOutput = 4 * 1024 * 1024;

type StreamName = 'stdout' | 'stderr';

/** Decodes one stream piece by piece, and keeps its beginning up to the bound. */
const createCollector = (bound = largestOutput) => {
  const decoder = new TextDecoder();
  let text = '';
  return {
    add(bytes: Uint8Array): string {
      const piece = decoder.decode(bytes, { stream: true });
      if (text.length < bound) text += piece;
      return piece;
    },
    text: (): string => text,
  };
};

interface Running {
  readonly stdout: ReturnType<typeof createCollector>;
  readonly stderr: ReturnType<typeof createCollector>;
  readonly startedAt: Date;
  exitStatus: number;
  /** Streams that have passed the action's end. */
  readonly passed: Set<StreamName>;
}

/**
 * Makes sense of what a script prints: which action is running, what it said, how it ended, and what the looks printed.
 *
 * The two streams arrive in any order, so each says for itself which action it is in, and an action has ended once both
 * have passed its end: no line of standard error is lost to the next action.
 */
export const createScriptReader = <T>(
  nonce: string,
  actions: readonly SentAction<T>[],
  listener: ExchangeListener<T>,
  now: () => Date,
  onRemark: (remark: Remark, text: string) => void = () => {},
) => {
  const outcomes: ActionOutcome[] = [];
  const running = new Map<number, Running>();
  const sections = new Map<string, ReturnType<typeof createCollector>>();
  const stray = createCollector();
  const place: Record<StreamName, number | undefined> = { stdout: undefined, stderr: undefined };
  let section: ReturnType<typeof createCollector> | undefined;
  const done = new Set<StreamName>();

  const begin = (index: number): Running => {
    const known = running.get(index);
    if (known !== undefined) return known;
    const fresh: Running = {
      stdout: createCollector(),
      stderr: createCollector(),
      startedAt: now(),
      exitStatus: 0,
      passed: new Set(),
    };
    running.set(index, fresh);
    listener.started(actions[index] as SentAction<T>);
    return fresh;
  };
  const pass = (index: number, stream: StreamName): void => {
    const action = begin(index);
    action.passed.add(stream);
    if (action.passed.size < 2) return;
    const outcome: ActionOutcome = {
      exitStatus: action.exitStatus,
      stdout: action.stdout.text(),
      stderr: action.stderr.text(),
      startedAt: action.startedAt,
      durationMs: now().getTime() - action.startedAt.getTime(),
    };
    outcomes.push(outcome);
    listener.ended(actions[index] as SentAction<T>, outcome);
  };
  const onMark = (stream: StreamName, words: readonly string[]): void => {
    const [word = '', first = '', second = ''] = words;
    if (isRemark(word)) onRemark(word, words.slice(1).join(' '));
    else if (word === 'start') {
      place[stream] = Number(first);
      begin(Number(first));
    } else if (word === 'end') {
      place[stream] = undefined;
      begin(Number(first)).exitStatus = Number(second);
      pass(Number(first), stream);
    } else if (word === 'facts' && stream === 'stdout') {
      if (sections.size === 0) listener.observing();
      section = createCollector(Number.POSITIVE_INFINITY);
      sections.set(first, section);
    } else if (word === 'facts-end') section = undefined;
    else if (word === 'done') done.add(stream);
  };
  const onBytes = (stream: StreamName, bytes: Uint8Array): void => {
    const index = place[stream];
    if (index !== undefined)
      listener.printed(actions[index] as SentAction<T>, stream, begin(index)[stream].add(bytes));
    else if (stream === 'stdout' && section !== undefined) section.add(bytes);
    else stray.add(bytes);
  };
  const readerOf = (stream: StreamName) =>
    createFrameReader(nonce, {
      onBytes: (bytes) => onBytes(stream, bytes),
      onMark: (words) => onMark(stream, words),
    });
  return {
    stdout: readerOf('stdout'),
    stderr: readerOf('stderr'),
    outcomes,
    /** Whether the script's last mark came. */
    isDone: (): boolean => done.size === 2,
    /** What was printed outside every action and look: a shell's complaint. */
    strayText: (): string => stray.text(),
    /** What the looks printed, by kind. Not kept: whoever holds the reader any longer holds no texts. */
    takeSections(): ReadonlyMap<string, string> {
      const texts = new Map([...sections].map(([kind, collector]) => [kind, collector.text()]));
      sections.clear();
      section = undefined;
      return texts;
    },
  };
};
