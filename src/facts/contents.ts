import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure } from '../model/fact.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** The bytes of a regular file, links followed. */
export interface ContentFact {
  readonly sha256: string;
  /** undefined: not asked for, since the hash is one of the wanted ones; or larger than `largestContentBytes`. */
  readonly bytes: Uint8Array | undefined;
  readonly sizeBytes: number;
}

/** Larger files are compared by hash only, and edited never. */
export const largestContentBytes = 4 * 1024 * 1024;

interface Input {
  /** Hashes whose content need not be sent, since we have it ourselves. undefined: send it always. */
  readonly unlessSha256?: readonly string[] | undefined;
}

/**
 * The fact "what the file at this path holds". Absent where nothing is there.
 *
 * @param unlessSha256  leave the bytes out when the file has this hash already (a converged file costs no transfer)
 */
export const content = (path: string, unlessSha256?: string): FactKey<ContentFact> => ({
  kind: 'content',
  id: path,
  input: { unlessSha256: unlessSha256 === undefined ? undefined : [unlessSha256] } satisfies Input,
});

const inputOf = (key: FactKey<ContentFact>): Input => (key.input ?? {}) as Input;

/**
 * Output, a line a file: `<index> absent`, `<index> failed <text>`, or `<index> <sha256> <size> <base64 or ->`.
 */
const script = (keys: readonly FactKey<ContentFact>[]) =>
  joinSh([
    sh`look() {
  if ! [ -e "$2" ]; then echo "$1 absent"; return; fi
  if ! [ -f "$2" ]; then echo "$1 failed not a regular file"; return; fi
  if ! [ -r "$2" ]; then echo "$1 failed permission denied"; return; fi
  h=$(sha256sum <"$2") || { echo "$1 failed could not be read"; return; }
  h=\${h%% *}
  s=$(stat -L -c %s -- "$2")
  case " $3 " in
    *" $h "*) echo "$1 $h $s -" ;;
    *) if [ "$s" -gt ${largestContentBytes} ]; then echo "$1 $h $s -"; else printf '%s %s %s ' "$1" "$h" "$s"; base64 -w 0 <"$2"; echo; fi ;;
  esac
}`,
    ...keys.map((key, index) => sh`look ${index} ${key.id} ${(inputOf(key).unlessSha256 ?? []).join(' ')}`),
  ]);

const parse = (
  output: string,
  keys: readonly FactKey<ContentFact>[],
): ReadonlyMap<string, Observed<ContentFact>> => {
  const values = new Map<string, Observed<ContentFact>>();
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const match = /^(\d+) (?:(absent)|failed (.*)|([0-9a-f]{64}) (\d+) (-|[A-Za-z0-9+/=]*))$/.exec(line);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new Error(`unexpected line among the contents: ${JSON.stringify(line.slice(0, 200))}`);
    const [, , isAbsent, failure, sha256 = '', size, base64 = ''] = match;
    if (isAbsent !== undefined) values.set(key.id, 'absent');
    else if (failure !== undefined) values.set(key.id, new FactFailure(`${key.id}: ${failure}`));
    else {
      const bytes = base64 === '-' ? undefined : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      values.set(key.id, { sha256, sizeBytes: Number(size), bytes });
    }
  }
  return values;
};

/** A `sha256sum` and at most one `base64` a file. */
export const contents: FactKind<ContentFact> = {
  kind: 'content',
  script,
  parse,
  merge(first, second) {
    const [a, b] = [inputOf(first).unlessSha256, inputOf(second).unlessSha256];
    // NOTE: the bytes may be left out only where every asker has them, so two different hashes mean: send.
    const same = a !== undefined && b !== undefined && a.join() === b.join();
    return same ? first : { ...first, input: {} satisfies Input };
  },
  lasting: ({ sha256 }) => ({ sha256 }),
};
