import type { ActionOutcome } from '../model/action.ts';
import { createFrameReader } from '../shell/frames.ts';
import { BrokenScript } from './broken-script.ts';
import { createCollectedBytes } from './collected-bytes.ts';
import type { ExchangeListener, SentAction } from './exchange.ts';

/** What a script says of the lock, or of the wave that it is, instead of its own output; see `shell/lock.ts`, `shell/wave.ts`. */
export type Remark = 'locked' | 'free' | 'refused' | 'unlockable' | 'stale' | 'relay' | 'unwritten' | 'gone';

const remarks: ReadonlySet<string> = new Set<Remark>([
  ...(['locked', 'free', 'refused', 'unlockable', 'stale', 'relay', 'unwritten', 'gone'] as const),
]);

export const isRemark = (word: string): word is Remark => remarks.has(word);

const mebibyte = 1024 * 1024;

/** Of each stream of an action, what is kept; what is more is shown live and then let go. Bytes. */
const largestKept = 4 * mebibyte;

/**
 * What a script may print in all, after which it is ended: twenty hosts at once (`--forks`) that all want our memory get no more than a
 * small machine has. Bytes.
 */
export const outputBounds = {
  /** Of the actions of one script, together; nearly all of it is let go. The longest build is a tenth of it. */
  actions: 64 * mebibyte,
  /** Of a look, which is kept until it is read: a dozen files of the largest size that is edited (4 MiB, a third more as base64), or six listings of a hundred thousand entries. */
  look: 64 * mebibyte,
  /** Outside of both: what a login shell's profile says, complaints of a look. */
  stray: 4 * mebibyte,
} as const;

/** Of what is printed outside of actions and looks, what is kept. Bytes. */
const largestStray = 64 * 1024;

type StreamName = 'stdout' | 'stderr';

/** Decodes one stream piece by piece, and keeps its beginning. */
const createCollector = () => {
  const decoder = new TextDecoder();
  const kept = createCollectedBytes(largestKept);
  return {
    add(bytes: Uint8Array): string {
      kept.add(bytes);
      return decoder.decode(bytes, { stream: true });
    },
    text: kept.text,
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

/** The kind of facts that is being read, and what has come of it. */
interface OpenSection {
  readonly kind: string;
  readonly bytes: ReturnType<typeof createCollectedBytes>;
}

/** Who listens to a script, besides the listener of its exchange. */
export interface ScriptReaderOptions<T> {
  readonly actions: readonly SentAction<T>[];
  /** Kinds of facts that it looks at. */
  readonly kinds: ReadonlySet<string>;
  readonly listener: ExchangeListener<T>;
  readonly now: () => Date;
  readonly onRemark?: (remark: Remark, text: string) => void;
  /** The script is to be ended: what comes from now on is not looked at. Called once. */
  readonly onRefused: (error: BrokenScript) => void;
}

const size = (bytes: number): string => `${bytes / mebibyte} MiB`;

/**
 * Makes sense of what a script prints: which action is running, what it said, how it ended, and what the looks printed.
 *
 * The two streams arrive in any order, so each says for itself which action it is in, and an action has ended once both
 * have passed its end: no line of standard error is lost to the next action.
 *
 * The host may be anybody's: marks have to come in the order in which the script makes them, and what is printed has bounds.
 */
export const createScriptReader = <T>(
  nonce: string,
  { actions, kinds, listener, now, onRemark = () => {}, onRefused }: ScriptReaderOptions<T>,
) => {
  const outcomes: ActionOutcome[] = [];
  const running = new Map<number, Running>();
  const sections = new Map<string, ReturnType<typeof createCollectedBytes>>();
  const stray = createCollectedBytes(largestStray);
  const printed = { actions: 0, look: 0, stray: 0 };
  const place: Record<StreamName, number | undefined> = { stdout: undefined, stderr: undefined };
  const begun: Record<StreamName, number> = { stdout: 0, stderr: 0 };
  let section: OpenSection | undefined;
  let isRefused = false;
  const done = new Set<StreamName>();

  const refuse = (message: string): void => {
    if (isRefused) return;
    isRefused = true;
    onRefused(new BrokenScript(message));
  };
  const count = (what: keyof typeof printed, bytes: number, who: () => string): boolean => {
    printed[what] += bytes;
    if (printed[what] > outputBounds[what])
      refuse(`${who()} printed more than ${size(outputBounds[what])}, and was ended`);
    return !isRefused;
  };
  const begin = (index: number, sent: SentAction<T>): Running => {
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
    listener.started(sent);
    return fresh;
  };
  const onStart = (stream: StreamName, index: string): boolean => {
    const at = begun[stream];
    const sent = actions[at];
    if (index !== String(at) || sent === undefined || place[stream] !== undefined) return false;
    begun[stream] += 1;
    place[stream] = at;
    begin(at, sent);
    return true;
  };
  const onEnd = (stream: StreamName, index: string, status: string): boolean => {
    const at = place[stream];
    const [sent, action] = at === undefined ? [] : [actions[at], running.get(at)];
    if (index !== String(at) || sent === undefined || action === undefined || !/^\d{1,3}$/.test(status))
      return false;
    place[stream] = undefined;
    action.exitStatus = Number(status);
    action.passed.add(stream);
    if (action.passed.size < 2) return true;
    const outcome: ActionOutcome = {
      exitStatus: action.exitStatus,
      stdout: action.stdout.text(),
      stderr: action.stderr.text(),
      startedAt: action.startedAt,
      durationMs: now().getTime() - action.startedAt.getTime(),
    };
    outcomes.push(outcome);
    listener.ended(sent, outcome);
    return true;
  };
  const onFacts = (stream: StreamName, kind: string): boolean => {
    if (stream !== 'stdout' || section !== undefined || sections.has(kind) || !kinds.has(kind)) return false;
    if (sections.size === 0) listener.observing();
    section = { kind, bytes: createCollectedBytes() };
    sections.set(kind, section.bytes);
    return true;
  };
  const onFactsEnd = (stream: StreamName, kind: string): boolean => {
    if (stream !== 'stdout' || section?.kind !== kind) return false;
    section = undefined;
    return true;
  };
  const onDone = (stream: StreamName): boolean => {
    if (done.has(stream)) return false;
    done.add(stream);
    return true;
  };
  const obey = (stream: StreamName, words: readonly string[]): boolean => {
    const [word = '', first = '', second = ''] = words;
    if (isRemark(word)) onRemark(word, words.slice(1).join(' '));
    else if (word === 'start') return onStart(stream, first);
    else if (word === 'end') return onEnd(stream, first, second);
    else if (word === 'facts') return onFacts(stream, first);
    else if (word === 'facts-end') return onFactsEnd(stream, first);
    else return word === 'done' && onDone(stream);
    return true;
  };
  const onMark = (stream: StreamName, words: readonly string[]): void => {
    if (isRefused || obey(stream, words)) return;
    refuse(
      `what the host says of the script makes no sense: ${JSON.stringify(words.join(' ').slice(0, 200))}`,
    );
  };
  const onBytes = (stream: StreamName, bytes: Uint8Array): void => {
    if (isRefused) return;
    const index = place[stream];
    const sent = index === undefined ? undefined : actions[index];
    if (index !== undefined && sent !== undefined) {
      if (!count('actions', bytes.length, () => `"${sent.action.summary}"`)) return;
      listener.printed(sent, stream, begin(index, sent)[stream].add(bytes));
    } else if (stream === 'stdout' && section !== undefined) {
      const { kind } = section;
      if (count('look', bytes.length, () => `the look, at ${kind} facts,`)) section.bytes.add(bytes);
    } else if (
      count(
        'stray',
        bytes.length,
        () => 'something outside of the script, such as the profile of a login shell,',
      )
    )
      stray.add(bytes);
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
    isDone: (): boolean => done.size === 2 && !isRefused,
    /** The kind of facts that is being read. */
    openSection: (): string | undefined => section?.kind,
    /** What was printed outside every action and look: a shell's complaint. */
    strayText: stray.text,
    /** What the looks printed, by kind. Not kept: whoever holds the reader any longer holds no texts. */
    takeSections(): ReadonlyMap<string, string> {
      const texts = new Map([...sections].map(([kind, bytes]) => [kind, bytes.text()]));
      sections.clear();
      section = undefined;
      return texts;
    },
  };
};
