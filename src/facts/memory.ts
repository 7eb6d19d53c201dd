import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { rawSh, sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';

/** A handler that was notified by a run that did not get to run it. */
export interface Debt {
  /** File name below `owed/`. */
  readonly id: string;
  readonly handler: string;
  /** The task that notified it, and its place. */
  readonly task: string;
  readonly source: string;
  /** ISO 8601, by the clock of the machine that ran syn-deploy. */
  readonly since: string;
}

/** One managed thing, as last applied. */
export interface ManifestEntry {
  /** `kind:id` of its fact. */
  readonly resource: string;
  /** Hashes of what was wanted of it: one each task that has a say in it. */
  readonly wanted: readonly string[];
  /** Hash of the lasting part of the fact, seen after it was applied. */
  readonly seen: string;
  /** The task creates the whole of it, so that it could be taken away. */
  readonly prunable: boolean;
  /** `prune: true` stood on the task or play. */
  readonly prune: boolean;
  /** `file:line:column` of the task. */
  readonly source: string;
}

/** What a host remembers of earlier runs. Nothing of it is needed to be right. */
export interface MemoryFact {
  readonly owed: readonly Debt[];
  /** By manifest id, the JSON text as it stands there. */
  readonly manifests: ReadonlyMap<string, string>;
  /** By manifest id, `kind:id` of what a run made, or was about to make, that did not come to writing its manifest. */
  readonly made: ReadonlyMap<string, MadeNotes>;
}

/** By resource, whether the task that made it is not always come to: the next run may skip it. */
export type MadeNotes = ReadonlyMap<string, { readonly isConditional: boolean }>;

/** A line of such a note. A resource begins with its kind, which has no blank in it. */
const conditional = 'when ';

export const madeLine = (resource: string, isConditional: boolean): string =>
  `${isConditional ? conditional : ''}${resource}`;

const parseMade = (text: string): MadeNotes =>
  new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const isConditional = line.startsWith(conditional);
        return [isConditional ? line.slice(conditional.length) : line, { isConditional }];
      }),
  );

/** sh for the folder: root's is the system's, everybody else has one of their own. */
export const memoryFolder = (isRoot: boolean): Sh =>
  rawSh(isRoot ? '/var/lib/syn-deploy' : '"$HOME"/.local/state/syn-deploy');

/** The fact "what the host remembers". */
export const memory = (isRoot: boolean): FactKey<MemoryFact> => ({
  kind: 'memory',
  id: isRoot ? 'root' : 'user',
  input: { isRoot },
});

/** Output, a line a file: `<owed|manifest|made> <name> <base64>`. */
const script = (keys: readonly FactKey<MemoryFact>[]): Sh => {
  const { isRoot } = (keys[0] as FactKey<MemoryFact>).input as { isRoot: boolean };
  return sh`for d in owed manifest made; do
  for f in ${memoryFolder(isRoot)}/$d/*; do
    [ -f "$f" ] || continue
    printf '%s %s ' "$d" "\${f##*/}"
    base64 -w 0 <"$f"
    echo
  done
done`;
};

const decode = (base64: string): string => new TextDecoder().decode(bytesOfBase64(base64));

const parseDebt = (id: string, text: string): Debt | undefined => {
  try {
    const { handler, task, source, since } = JSON.parse(text);
    return { id, handler: String(handler), task: String(task), source: String(source), since: String(since) };
  } catch {
    // A debt cut short by a full disk: whose it was cannot be told, and the proof finds what is missing.
    return undefined;
  }
};

const parse = (
  output: string,
  [key]: readonly FactKey<MemoryFact>[],
): ReadonlyMap<string, Observed<MemoryFact>> => {
  const lines = output
    .split('\n')
    .map((line) => /^(owed|manifest|made) (\S+) ([A-Za-z0-9+/=]*)$/.exec(line))
    .filter((match) => match !== null);
  const of = (folder: string) =>
    lines
      .filter(([, name, file]) => name === folder && !(file ?? '').startsWith('.'))
      .map(([, , file = '', base64 = '']): [string, string] => [file, decode(base64)]);
  const owed = of('owed').map(([id, text]) => parseDebt(id, text));
  const made = of('made').map(([id, text]) => [id, parseMade(text)] as const);
  return new Map([
    [
      key?.id ?? '',
      {
        owed: owed.filter((debt) => debt !== undefined),
        manifests: new Map(of('manifest')),
        made: new Map(made),
      },
    ],
  ]);
};

/** A base64 a remembered file; none on a host that was never managed. */
export const memories: FactKind<MemoryFact> = { kind: 'memory', script, parse };
