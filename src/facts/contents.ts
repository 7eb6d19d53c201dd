import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { internedBytes } from '../util/interned-bytes.ts';

/** The bytes of a regular file, links followed. */
export interface ContentFact {
  readonly sha256: string;
  /** undefined: not asked for, since the hash is the known one; or larger than `largestContentBytes`. */
  readonly bytes: Uint8Array | undefined;
  readonly sizeBytes: number;
}

/** Larger files are compared by hash only, and edited never. */
export const largestContentBytes = 4 * 1024 * 1024;

/** Content that we have ourselves. */
export interface KnownContent {
  readonly sha256: string;
  readonly sizeBytes: number;
}

interface Input {
  /** Content that need not be sent. undefined: send it always. */
  readonly known?: KnownContent | undefined;
}

/**
 * The fact "what the file at this path holds". Absent where nothing is there.
 *
 * @param known  leave the bytes out when the file holds this already (a converged file costs no transfer)
 */
export const content = (path: string, known?: KnownContent): FactKey<ContentFact> => ({
  kind: 'content',
  id: path,
  input: { known } satisfies Input,
});

const inputOf = (key: FactKey<ContentFact>): Input => (key.input ?? {}) as Input;

/** sha256sum writes such names in a form of its own, so those files are looked at one by one. */
const isListable = ({ id }: FactKey): boolean => !/[\\\n\r]/.test(id);

interface Ordered {
  /** Hashed together, by one process. */
  readonly listed: readonly FactKey<ContentFact>[];
  readonly others: readonly FactKey<ContentFact>[];
}

const order = (keys: readonly FactKey<ContentFact>[]): Ordered => ({
  listed: keys.filter(isListable),
  others: keys.filter((key) => !isListable(key)),
});

const lookAtOne = sh`look() {
  if ! [ -e "$2" ]; then echo "$1 absent"; return; fi
  if ! [ -f "$2" ]; then echo "$1 failed not a regular file"; return; fi
  if ! [ -r "$2" ]; then echo "$1 failed permission denied"; return; fi
  h=$(sha256sum <"$2") || { echo "$1 failed could not be read"; return; }
  h=\${h%% *}
  s=$(stat -L -c %s -- "$2")
  if [ "$s" -gt ${largestContentBytes} ]; then echo "$1 $h $s -"; else printf '%s %s %s ' "$1" "$h" "$s"; base64 -w 0 <"$2"; echo; fi
}`;

/**
 * `= <index>` for what has the known hash, `? <index> <path>` for the rest of what could be read. The input is the paths,
 * the known hashes in the same order (`-`: none), and what sha256sum says, with an empty line between.
 */
const compareHashes = rawSh(`awk '
$0 == "" { part++; next }
part == 0 { index_of[$0] = paths++; next }
part == 1 { known[hashes++] = $0; next }
{ path = substr($0, 67); i = index_of[path]; if (known[i] == substr($0, 1, 64)) print "= " i; else print "? " i " " path }'`);

const lookAtMany = (keys: readonly FactKey<ContentFact>[]): Sh => {
  const hashes = keys.map((key) => inputOf(key).known?.sha256 ?? '-');
  return sh`set -- ${keys.map(({ id }) => id)}
i=0
for f do
  if ! [ -f "$f" ] || ! [ -r "$f" ]; then look "$i" "$f"; fi
  i=$((i + 1))
done
{ printf '%s\n' "$@" '' ${hashes} ''
  for f do if [ -f "$f" ] && [ -r "$f" ]; then printf '%s\0' "$f"; fi; done | xargs -0 -r sha256sum -- 2>/dev/null
} | ${compareHashes} | while IFS= read -r line; do
  case $line in
    '= '*) printf '%s\n' "$line" ;;
    *) line=\${line#??}; look "\${line%% *}" "\${line#* }" ;;
  esac
done`;
};

/**
 * Output, a line a file: `= <index>` where it is as known, `<index> absent`, `<index> failed <text>`, or `<index> <sha256>
 * <size> <base64 or ->`. Nothing for a file that could not be read after all.
 */
const script = (keys: readonly FactKey<ContentFact>[]): Sh => {
  const { listed, others } = order(keys);
  return joinSh([
    lookAtOne,
    ...(listed.length > 0 ? [lookAtMany(listed)] : []),
    ...others.map(({ id }, index) => sh`look ${listed.length + index} ${id}`),
  ]);
};

const parse = (
  output: string,
  keys: readonly FactKey<ContentFact>[],
): ReadonlyMap<string, Observed<ContentFact>> => {
  const { listed, others } = order(keys);
  const ordered = [...listed, ...others];
  const values = new Map<string, Observed<ContentFact>>(
    keys.map(({ id }) => [id, new FactFailure(`${id}: could not be read`)]),
  );
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const match =
      /^(?:= (\d+)|(\d+) (?:(absent)|failed (.*)|([0-9a-f]{64}) (\d+) (-|[A-Za-z0-9+/=]*)))$/.exec(line);
    const [, same, other, isAbsent, failure, sha256 = '', size, base64 = ''] = match ?? [];
    const key = ordered[Number(same ?? other)];
    const known = key === undefined ? undefined : inputOf(key).known;
    if (key === undefined || (same !== undefined && known === undefined))
      throw new StrangeOutput(`unexpected line among the contents: ${JSON.stringify(line.slice(0, 200))}`);
    if (known !== undefined && same !== undefined) values.set(key.id, { ...known, bytes: undefined });
    else if (isAbsent !== undefined) values.set(key.id, 'absent');
    else if (failure !== undefined) values.set(key.id, new FactFailure(`${key.id}: ${failure}`));
    else {
      const bytes = base64 === '-' ? undefined : internedBytes(sha256, () => bytesOfBase64(base64));
      values.set(key.id, { sha256, sizeBytes: Number(size), bytes });
    }
  }
  return values;
};

/** One `sha256sum` for all files; three processes for each that is other than known, one of them `base64`. */
export const contents: FactKind<ContentFact> = {
  kind: 'content',
  script,
  parse,
  merge(first, second) {
    const [a, b] = [inputOf(first).known, inputOf(second).known];
    // NOTE: the bytes may be left out only where every asker has them, so two different hashes mean: send.
    return a !== undefined && a.sha256 === b?.sha256 ? first : { ...first, input: {} satisfies Input };
  },
  lasting: ({ sha256 }) => ({ sha256 }),
};
